"""The speech lab's pages."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from flask import Flask

from app.audio import espeak
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.nets import checkpoint
from app.nets.synthesis import SynthesisConfig, SynthesisNet
from app.web.pages import lab
from tests.web.visitor import Visitor

needs_espeak = pytest.mark.skipif(not espeak.available(), reason="espeak-ng is not installed")


@pytest.fixture
def anna(make_app: Callable[..., Flask], tmp_path: Path) -> Visitor:
    torch.manual_seed(0)
    tiny = SynthesisConfig(("", "a", "t"), ("en-slt", "ru-nsh"), ("en", "ru"), 8, 4, 8, 8)
    checkpoint.save(tmp_path / "models/synthesis", "synthesis", SynthesisNet(tiny), {})
    return Visitor(make_app().test_client())


@needs_espeak
def test_the_page_offers_the_voices_and_answers_with_sound(anna: Visitor) -> None:
    page = anna.open("/speak")
    assert '<option value="en-slt">' in page
    answer = anna.post("/speak", {"text": "Hello there.", "voice": "en-slt", "format": "wav", "speed": "1.5"})
    assert (answer.status_code, answer.content_type) == (200, "audio/wav")
    assert answer.data.startswith(b"RIFF")


@needs_espeak
@pytest.mark.parametrize(("text", "said"), [("...", "no words"), ("a" * 5000, "too long")])
def test_what_cannot_be_read_is_said_above_the_text(anna: Visitor, text: str, said: str) -> None:
    anna.open("/speak")
    answer = anna.post("/speak", {"text": text})
    assert answer.status_code == 422
    assert said in answer.text
    assert text in answer.text


def test_without_a_token_nothing_is_read(anna: Visitor) -> None:
    assert anna.client.post("/speak", data={"text": "Hello"}).status_code == 400


def test_minutes_of_a_stranger_are_not_shown(anna: Visitor) -> None:
    assert anna.client.get("/speak?job=nobody").status_code == 404


def test_minutes_become_sentences_that_are_said_once() -> None:
    minutes = Minutes(
        "en",
        "extractive",
        (Topic("Budget", 0, (Point("The budget is ready.", 1),)),),
        (Point("We move to Friday", 5),),
        (ActionItem("sends the numbers", 9, who="Anna"), ActionItem("The budget is ready.", 9)),
    )
    assert lab.aloud(minutes) == "Budget.\nThe budget is ready.\nWe move to Friday.\nAnna: sends the numbers."


def test_the_report_is_shown_and_may_run_nothing(
    anna: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "REPORT", tmp_path / "report.html")
    assert "make lab-report" in anna.client.get("/lab").text
    lab.REPORT.write_text("<!doctype html><h1>Speech lab</h1>", encoding="utf-8")
    answer = anna.client.get("/lab")
    assert "Speech lab" in answer.text
    assert answer.headers["Content-Security-Policy"] == lab.REPORT_CSP
