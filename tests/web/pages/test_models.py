"""/models: what does each work, what could be fetched, how far it is, and who may fetch."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.engines.choosing.chat_speed import learn
from app.engines.choosing.whisper_sizes import Speed, keep, machine
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.sources import Weights
from app.jobs.speeds import Measured
from app.web.core.context import konspekt
from tests.web.visitor import HTMX, Visitor
from tests.weights_server import BODY, Answer, Server, weights_server

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Give a server from which Demucs is to be had: a file of 2 MiB."""
    with weights_server() as server:
        source = server.source(path="demucs/955717e8-8726e21a.th")
        monkeypatch.setitem(CATALOGUE, "demucs-htdemucs", Weights("demucs-htdemucs", (source,)))
        yield server


def card(page: str, name: str) -> str:
    """Return the words of a model's card."""
    found = re.search(rf'<li class="[^"]*" id="model-{re.escape(name)}">(.*?)</li>', page, re.DOTALL)
    assert found, name
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_each_work_says_what_does_it_and_each_model_what_it_is(anna: Visitor) -> None:
    page = anna.open("/models")
    assert "Now: PocketSphinx en-us" in page
    assert "Now: extraction of sentences, without a language model" in page
    words = card(page, "faster-whisper-base")
    assert words.startswith("faster-whisper-base suits this machine")
    assert "148 MB · 99 languages · MIT" in words
    assert "an hour of sound: about 5 min of one core, expected" in words
    assert "Russian, English · Apache-2.0" in card(page, "qwen2.5-coder-1.5b")
    page = anna.open("/models", headers={"Accept-Language": "ru"})
    assert "русский, английский" in card(page, "qwen2.5-coder-1.5b")


def test_how_long_the_minutes_of_an_hour_take_is_told_beforehand(app: Flask, anna: Visitor) -> None:
    page = anna.open("/models")
    assert "measured with the first minutes" in page
    assert "to read and write, expected" in card(page, "qwen3-4b")
    config = konspekt(app).config
    learn(config, "cpu", CATALOGUE["qwen3-4b"].size_bytes, reads=25.3, writes=10.0)
    page = anna.open("/models")
    assert "read 25.3 and write 10.0 tokens a second, as measured" in page
    assert "the minutes of an hour: about 32 min to read and write, expected" in card(page, "qwen3-4b")


def test_what_was_measured_here_is_said_and_others_are_reckoned_from_it(anna: Visitor) -> None:
    anna.jobs.speeds.measure(Measured("transcribe", "faster-whisper base", sound_s=3600, work_s=740))
    page = anna.open("/models")
    assert "an hour of sound: 12 min, measured here" in card(page, "faster-whisper-base")
    assert "an hour of sound: about 41 min, expected" in card(page, "faster-whisper-small")


def test_why_a_size_of_whisper_suits_this_machine_is_said(app: Flask, anna: Visitor) -> None:
    assert "chosen by speed" not in anna.open("/models")
    config = konspekt(app).config
    keep(config.data_dir, Speed(*machine(config, "cpu"), "base", 0.0625))
    page = anna.open("/models")
    assert "Whisper base hears 16.0 times as fast as people speak here" in page
    assert card(page, "faster-whisper-small").startswith("faster-whisper-small suits this machine")
    assert "suits" not in card(page, "faster-whisper-base")


def test_a_model_is_fetched_with_its_progress_and_then_checked(server: Server, anna: Visitor) -> None:
    answer = anna.post("/models/demucs-htdemucs/fetch")
    assert (answer.status_code, answer.location) == (303, "/models#model-demucs-htdemucs")
    page = anna.open("/models")
    assert "Cancel" in card(page, "demucs-htdemucs")
    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    server.answers.append(Answer())
    konspekt(anna.app).model_fetches.run_once()
    page = anna.open("/models")
    words = card(page, "demucs-htdemucs")
    assert words.startswith("demucs-htdemucs in use")
    assert "here, from 127.0.0.1" in words
    assert "checksum right on" in words
    assert "Now: Demucs htdemucs" in page
    assert 'hx-trigger="every 1s"' not in page


def test_damage_is_found_and_mended_by_the_page(server: Server, anna: Visitor) -> None:
    path = konspekt(anna.app).config.models_dir / "demucs/955717e8-8726e21a.th"
    path.parent.mkdir(parents=True)
    path.write_bytes(BODY[:-1] + b"?")
    assert "checksum not compared yet" in card(anna.open("/models"), "demucs-htdemucs")
    fetches = konspekt(anna.app).model_fetches
    shown = anna.post("/models/demucs-htdemucs/check", headers=HTMX).text
    assert "<html" not in shown
    assert "Comparing with the published checksum" in shown
    fetches.run_once()
    words = card(anna.open("/models"), "demucs-htdemucs")
    assert "damaged: 955717e8-8726e21a.th is not the published file Fetch again" in words
    server.answers.append(Answer())
    anna.post("/models/demucs-htdemucs/fetch")
    fetches.run_once()
    assert path.read_bytes() == BODY


def test_why_a_fetch_brought_nothing_stands_at_the_model(server: Server, anna: Visitor) -> None:
    anna.post("/models/demucs-htdemucs/fetch")
    server.answers.append(Answer(status=404))
    konspekt(anna.app).model_fetches.run_once()
    words = card(anna.open("/models"), "demucs-htdemucs")
    assert "answers 404" in words
    assert words.endswith("Fetch")


def test_what_is_not_there_cannot_be_checked_and_an_unknown_name_is_told(anna: Visitor) -> None:
    assert anna.post("/models/qwen3-4b/check").status_code == 409
    assert anna.post("/models/whisper-giant/fetch").status_code == 404


@pytest.mark.parametrize(
    ("setting", "allowed"),
    [("nobody", set()), ("whisper", {"faster-whisper-base", "whisper-base"}), ("anything", set(CATALOGUE))],
)
def test_a_visitor_from_elsewhere_fetches_what_the_setting_says(
    make_app: Callable[..., Flask], setting: str, allowed: set[str]
) -> None:
    app = make_app(fetch_from_page=setting)
    visitor = Visitor(app.test_client())
    visitor.open(environ_base=ELSEWHERE)  # for the token: a page without a button has none
    page = visitor.open("/models", environ_base=ELSEWHERE)
    offered = {name for name in CATALOGUE if f'action="/models/{name}/fetch"' in page}
    assert offered == {name for name in CATALOGUE if name in allowed}
    for name in ("faster-whisper-base", "qwen3-4b"):
        status = visitor.post(f"/models/{name}/fetch", environ_base=ELSEWHERE).status_code
        assert status == (303 if name in allowed else 403), name
    assert set(konspekt(app).model_fetches.tasks()) == allowed & {"faster-whisper-base", "qwen3-4b"}


def test_who_sits_at_the_machine_may_fetch_any_unless_it_is_nobody(make_app: Callable[..., Flask]) -> None:
    page = Visitor(make_app().test_client()).open("/models")
    assert 'action="/models/qwen3-4b/fetch"' in page
    behind = Visitor(make_app().test_client()).open("/models", headers={"X-Forwarded-For": "192.0.2.7"})
    assert 'action="/models/qwen3-4b/fetch"' not in behind, "a proxy of which nobody has told us"
    nobody = Visitor(make_app(fetch_from_page="nobody").test_client()).open("/models")
    assert "/fetch" not in nobody
    assert "flask models fetch qwen3-4b" in nobody


def test_the_page_makes_no_folder_and_survives_a_missing_one(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    folder: Path = konspekt(app).config.models_dir
    folder.rmdir()
    assert "Now: PocketSphinx" in Visitor(app.test_client()).open("/models")
    assert not folder.exists()
