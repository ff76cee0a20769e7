"""The button that gets Whisper: offered where hearing is rough, one fetch for all visitors."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask, render_template

from app.engines.choosing import transcribers
from app.engines.registry import LocalEngines
from app.engines.weights.sources import Weights
from app.jobs.job import JobStatus
from app.pipeline.stages.transcribe import READY
from app.web.core.context import konspekt
from app.web.pages import rows
from tests.waiting import until
from tests.web.visitor import HTMX, Visitor
from tests.weights_server import Answer, Server, weights_server

RU = {"Accept-Language": "ru"}
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Give a server that has what is wanted: a file called base.pt."""
    with weights_server() as server:
        weights = Weights("whisper-base", (server.source(),))
        monkeypatch.setattr(transcribers, "wanted_weights", lambda config, kind: [weights])
        monkeypatch.setattr("app.engines.choosing.hearing.wanted_weights", lambda config, kind: [weights])
        yield server


def engines(visitor: Visitor) -> LocalEngines:
    return konspekt(visitor.app).engines


def test_where_hearing_is_rough_the_page_says_so_and_offers_whisper(anna: Visitor) -> None:
    for path in ("/", "/live"):
        page = anna.open(path)
        assert "Rough at present: English only, and about half the words" in page
        assert f"Get Whisper (148{SPACE}MB)" in page
        page = anna.open(path, headers=RU)
        assert "Пока распознаётся лишь грубо: только английский" in page
        assert f"Загрузить Whisper (148{SPACE}МБ)" in page


def test_without_any_engine_the_page_says_that_nothing_is_heard(make_app: Callable[..., Flask]) -> None:
    page = Visitor(make_app(transcriber="whisper").test_client()).open()
    assert "Nothing can be written down yet: Whisper is not here." in page
    assert "Get Whisper" in page


@pytest.mark.parametrize("settings", [{"fetch_from_page": "nobody"}, {"transcriber": "pocketsphinx"}])
def test_where_the_page_may_not_fetch_it_names_the_command(
    make_app: Callable[..., Flask], settings: dict[str, object]
) -> None:
    anna = Visitor(make_app(**settings).test_client())
    page = anna.open()
    assert "Get Whisper" not in page
    assert "flask models fetch faster-whisper-base" in page
    anna.post("/whisper/fetch")
    assert engines(anna).fetching() is None


def test_a_page_that_may_not_fetch_refuses_the_form(make_app: Callable[..., Flask]) -> None:
    anna = Visitor(make_app(fetch_from_page="nobody").test_client())
    anna.open()
    for path in ("/whisper/fetch", "/whisper/cancel"):
        answer = anna.post(path)
        assert answer.status_code == 409
        assert "flask models fetch" in answer.text


@pytest.mark.parametrize(("page", "back"), [("pages.index", "/"), ("live_page.page", "/live"), ("x", "/")])
def test_the_button_works_without_javascript(server: Server, anna: Visitor, page: str, back: str) -> None:
    answer = anna.post("/whisper/fetch", {"page": page})
    assert (answer.status_code, answer.location) == (303, f"{back}#hearing")
    shown = anna.open()
    assert f"Fetching Whisper base: 0{SPACE}B of 2.1{SPACE}MB, from 127.0.0.1" in shown
    assert '<noscript><meta http-equiv="refresh"' in shown
    server.answers.append(Answer())
    engines(anna).whisper_fetch.run_once()
    shown = anna.open()
    assert f"Its weights (2.1{SPACE}MB) came from" not in shown, "this server's are no published weights"
    assert "openai-whisper base hears any of these languages." in shown
    assert "(needs Whisper)" not in shown


def test_the_script_gets_the_state_and_then_the_languages(server: Server, anna: Visitor) -> None:
    shown = anna.post("/whisper/fetch", headers=HTMX).text
    assert "<html" not in shown
    assert 'hx-get="/whisper"' in shown
    assert "<select" not in shown
    server.answers.append(Answer())
    engines(anna).whisper_fetch.run_once()
    shown = anna.client.get("/whisper?language=ru").text
    assert "hx-get" not in shown
    assert '<option value="ru" selected>Russian</option>' in shown


def test_all_visitors_see_one_fetch_and_each_may_cancel_it(
    server: Server, anna: Visitor, boris: Visitor
) -> None:
    server.answers.append(Answer(sends=1 << 20, stalls=True))
    fetch = engines(anna).whisper_fetch
    anna.post("/whisper/fetch")
    turn = threading.Thread(target=fetch.run_once, name="konspekt-test")
    turn.start()
    until(lambda: (fetch.current() or fetch._fetches.current()).fraction > 0.4)  # type: ignore[union-attr]
    boris.post("/whisper/fetch")
    assert f"1.0{SPACE}MB of 2.1{SPACE}MB" in boris.open()
    assert server.asked == [None]
    boris.post("/whisper/cancel")
    turn.join(5)
    assert "Get Whisper (2.1" in anna.open()


def test_what_went_wrong_stands_beside_the_button(server: Server, anna: Visitor) -> None:
    server.answers.append(Answer(status=404))
    anna.post("/whisper/fetch")
    engines(anna).whisper_fetch.run_once()
    page = anna.open(headers=RU)
    assert "whisper-base" in page
    assert "answers 404" in page
    assert "Загрузить Whisper" in page


def test_the_row_of_a_recording_says_what_it_waits_for(server: Server, anna: Visitor) -> None:
    anna.post("/whisper/fetch")
    job = anna.send()
    waiting = replace(job, status=JobStatus.RUNNING, stage="transcribe", progress=READY / 2)
    heard = replace(waiting, progress=0.5)
    with anna.app.test_request_context():
        shown = [render_template("_row.html", row=rows.row(each)) for each in (job, waiting, heard)]
    assert ["Fetching Whisper base" in row for row in shown] == [False, True, False]
    assert "0%" in shown[1], "how much of it has come, not of the job"
