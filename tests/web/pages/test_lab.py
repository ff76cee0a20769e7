"""The speech lab's pages."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from flask import Flask

from app.audio import espeak
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.nets import checkpoint
from app.nets.synthesis import SynthesisConfig, SynthesisNet
from app.training.experiment.results import FILE, Experiment, Means, Result, save
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


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of results: two rows of a table, one of them below the bar."""
    monkeypatch.setattr(lab, "LAB", tmp_path)
    one = Means(20, 0.02, 0.9, 0.95, 0.05, 0.001)
    base = Result("base", one, None, 65.0, {"mse": None, "cos_pitch": None, "cos_loudness": None, "q": 0.065})
    last = Result("multi-speaker with repair", Means(20, 0.002, 0.98, 0.95, 0.0288, 0.001), one, 500.0)
    found = Experiment(600, 8, 0, "en-slt", ("en-slt",), 0.03, (base, last), (), (), ("Hello there.",))
    save(tmp_path / FILE, found)
    return tmp_path


def test_the_experiment_is_shown_with_the_published_figures(anna: Visitor, measured: Path) -> None:
    page = anna.open("/lab")
    assert "0.0650" in page
    russian = anna.client.get("/lab", headers={"Accept-Language": "ru"}).text
    assert "0,0650" in russian
    assert "0.0650" not in russian
    assert "Reached: 0.0288" in page
    assert "20 sentences of the voice en-slt" in page
    for name in ("natural", "damaged", "base", "multi-speaker-with-repair"):
        assert f'src="/lab/experiment-1-{name}.mp3"' in page


def test_what_misses_the_bar_is_said(anna: Visitor, measured: Path) -> None:
    text = (measured / FILE).read_text(encoding="utf-8").replace("0.0288", "0.0312")
    (measured / FILE).write_text(text, encoding="utf-8")
    page = anna.open("/lab")
    assert "Missed: 0.0312" in page
    assert "Reached" not in page


def test_a_lab_without_results_says_how_they_are_made(
    anna: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "LAB", tmp_path)
    assert "flask lab experiment" in anna.open("/lab")


def test_charts_and_sounds_are_given_and_nothing_else(anna: Visitor, measured: Path) -> None:
    (measured / "experiment-1-base.mp3").write_bytes(b"sound")
    (measured / "secret.mp3").write_bytes(b"secret")
    with anna.client.get("/lab/experiment-1-base.mp3") as answer:
        assert answer.data == b"sound"
    for name in ("secret.mp3", "experiment.json", "experiment-1-improved.mp3", "experiment-..%2Fsecret.mp3"):
        assert anna.client.get(f"/lab/{name}").status_code == 404


def test_what_stands_in_the_repository_is_shown(anna: Visitor) -> None:
    page = anna.open("/lab")
    for name in re.findall(r'"(/lab/experiment-[^"]+)"', page):
        with anna.client.get(name) as answer:
            assert answer.status_code == 200, name
    assert page.count("<audio") >= 4


def test_the_report_is_shown_and_may_run_nothing(
    anna: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "LAB", tmp_path)
    assert "make lab-report" in anna.client.get("/lab/report").text
    (tmp_path / "report.html").write_text("<!doctype html><h1>Speech lab</h1>", encoding="utf-8")
    answer = anna.client.get("/lab/report")
    assert "Speech lab" in answer.text
    assert answer.headers["Content-Security-Policy"] == lab.REPORT_CSP
