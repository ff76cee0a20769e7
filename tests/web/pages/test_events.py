"""Live pages: what the stream says, to whom, and when it ends."""

import html
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from types import TracebackType
from typing import Self

import pytest
from flask import Flask

from app.documents.transcript import Segment
from app.engines.base import Heard
from app.pipeline.recording import Recording
from app.pipeline.transcript_checkpoint import TranscriptCheckpoint
from app.web.core import event_streams
from app.web.core.context import konspekt
from app.web.core.event_streams import sse
from tests.jobs.acting import Acting
from tests.web.visitor import Visitor


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_streams, "WAIT_S", 0.05)
    monkeypatch.setattr(event_streams, "PAUSE_S", 0.0)


class Stream:
    """An open stream, read event by event."""

    def __init__(self, visitor: Visitor, path: str = "/events") -> None:
        self.answer = visitor.client.get(path, buffered=False)
        assert self.answer.status_code == 200, self.answer.text
        self._chunks: Iterator[bytes] = iter(self.answer.response)

    def next(self) -> str:
        """Wait for the next event; return its data."""
        for chunk in self._chunks:
            text = chunk.decode()
            if text.startswith("event:"):
                return "\n".join(line[6:] for line in text.splitlines() if line.startswith("data: "))
        raise StopIteration

    def rest(self) -> list[str]:
        return [chunk.decode() for chunk in self._chunks]

    def close(self) -> None:
        self.answer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def test_one_address_leaves_streams_to_others(make_app: Callable[..., Flask]) -> None:
    anna = Visitor(make_app(max_event_streams=6).test_client())
    anna.open()
    with Stream(anna), Stream(anna):
        assert anna.client.get("/events").status_code == 503
        elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
        with anna.client.get("/events", environ_base=elsewhere, buffered=False) as answer:
            assert answer.status_code == 200
    Stream(anna).close()


def test_the_first_event_is_the_whole_queue(anna: Visitor) -> None:
    first, second = anna.send("one.mp3"), anna.send("two.mp3")
    with Stream(anna) as stream:
        event = stream.next()
    assert event.index(f"row-{second.id}") < event.index(f"row-{first.id}"), "newest first"
    assert 'id="summary"' in event


def test_a_stream_is_never_stored_or_held_back(anna: Visitor) -> None:
    with Stream(anna) as stream:
        assert stream.answer.mimetype == "text/event-stream"
        assert stream.answer.headers["Cache-Control"] == "private, no-store"
        assert stream.answer.headers["X-Accel-Buffering"] == "no"


def test_only_the_row_that_changed_is_sent_again(anna: Visitor, acting: Acting) -> None:
    acting.hold("transcribe")
    first, second = anna.send("one.mp3"), anna.send("two.mp3")
    with Stream(anna) as stream:
        stream.next()
        anna.jobs.cancel(anna.owner, second.id)
        event = stream.next()
    assert f"row-{second.id}" in event
    assert "Cancelled" in event
    assert 'id="rows"' not in event
    assert f'id="row-{first.id}"' not in event


def test_the_page_moves_with_the_work(anna: Visitor, acting: Acting) -> None:
    acting.hold("transcribe")
    job = anna.send()
    with Stream(anna) as stream:
        stream.next()
        worker = threading.Thread(target=anna.jobs.worker.run_once)
        worker.start()
        acting.wait_until_reached()
        seen = [stream.next()]
        while "Writing down what was said" not in seen[-1]:
            seen.append(stream.next())
        acting.go_on()
        while 'data-state="done"' not in seen[-1]:
            seen.append(stream.next())
        worker.join()
    assert f"/jobs/{job.id}/download/minutes.docx" in seen[-1]


def test_a_new_recording_brings_the_whole_queue(anna: Visitor) -> None:
    with Stream(anna) as stream:
        assert 'id="empty"' in stream.next()
        job = anna.send()
        event = stream.next()
    assert 'id="rows"' in event
    assert f"row-{job.id}" in event


def test_another_visitors_recordings_are_not_in_the_stream(anna: Visitor, boris: Visitor) -> None:
    with Stream(boris) as stream:
        stream.next()
        anna.send("тайна.mp4")
        mine = boris.send("моё.mp4")
        event = stream.next()
        while mine.id not in event:
            event = stream.next()
    assert "тайна" not in event


def test_the_page_of_a_recording_gets_its_results(anna: Visitor) -> None:
    job = anna.send("план работ")
    with Stream(anna, f"/jobs/{job.id}/events") as stream:
        assert "Next in the queue" in stream.next()
        anna.jobs.worker.run_once()
        event = stream.next()
        while 'data-state="done"' not in event:
            event = stream.next()
    assert "ПЛАН РАБОТ" in event


def test_the_text_of_a_recording_is_shown_while_it_is_heard(anna: Visitor, acting: Acting) -> None:
    acting.hold("transcribe")
    job = anna.send()
    folder = konspekt(anna.app).config.results_dir / job.id
    speech = folder / "speech.wav"
    speech.write_bytes(b"RIFF")
    kept = TranscriptCheckpoint(Recording("a.wav", speech, folder, speech=speech))
    with Stream(anna, f"/jobs/{job.id}/events") as stream:
        stream.next()
        worker = threading.Thread(target=anna.jobs.worker.run_once)
        worker.start()
        acting.wait_until_reached()
        kept.resume("an engine")
        kept.add(Heard(28.0, (Segment(1.0, 2.0, "<b>Доброе утро"),), {}, {"ru": 28.0}))
        event = stream.next()
        while "Доброе утро" not in event:
            event = stream.next()
        page = anna.client.get(f"/jobs/{job.id}").text
        acting.go_on()
        while 'data-state="done"' not in event:
            event = stream.next()
        worker.join()
    assert page.count("&lt;b&gt;Доброе утро") == 1
    assert 'class="segments" lang="ru"' in page
    assert "Доброе утро" not in anna.client.get(f"/jobs/{job.id}").text, "the transcript takes its place"


def test_the_page_of_a_deleted_recording_is_told_and_its_stream_closed(anna: Visitor) -> None:
    job = anna.send()
    with Stream(anna, f"/jobs/{job.id}/events") as stream:
        stream.next()
        anna.jobs.delete(anna.owner, job.id)
        last = "".join(stream.rest())
    assert "has been deleted" in last
    assert last.endswith("event: close\ndata: \n\n")


def test_who_has_no_session_has_no_stream(app: Flask) -> None:
    assert app.test_client().get("/events").status_code == 404


def test_streams_over_the_limit_are_refused_and_free_places_given_on(make_app: Callable[..., Flask]) -> None:
    anna = Visitor(make_app(max_event_streams=6).test_client())
    anna.open()
    with Stream(anna), Stream(anna):
        refused = anna.client.get("/events")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
    with Stream(anna) as again:
        again.next()


def test_a_stream_that_nobody_reads_gives_its_place_back(make_app: Callable[..., Flask]) -> None:
    anna = Visitor(make_app(max_event_streams=1).test_client())
    anna.open()
    for _ in range(3):
        with closing(anna.client.get("/events", buffered=False)) as answer:
            assert answer.status_code == 200


def test_streams_end_when_the_server_stops(anna: Visitor) -> None:
    with Stream(anna) as stream:
        stream.next()
        konspekt(anna.app).stopping.set()
        assert stream.rest() == []


def test_an_open_stream_holds_no_database_connection(anna: Visitor) -> None:
    with anna.app.app_context():
        pool = anna.app.config["SESSION_SQLALCHEMY"].engine.pool
    with Stream(anna) as stream:
        stream.next()
        assert pool.checkedout() == 0


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_no_text_can_forge_an_event(line: str) -> None:
    framed = sse(f"name{line}{line}event: close{line}data: forged")
    assert framed == "event: message\ndata: name\ndata: \ndata: event: close\ndata: data: forged\n\n"


def test_a_name_with_newlines_stays_in_its_event(anna: Visitor) -> None:
    anna.send("a\r\n\r\nevent: close\r\ndata: x\r\n\r\n.mp3")
    with Stream(anna) as stream:
        for chunk in stream._chunks:
            if b"row-" in chunk:
                lines = chunk.decode().splitlines()
                break
    assert [line for line in lines if not line.startswith("data: ")] == ["event: message", ""]


def test_results_that_the_page_was_opened_with_are_not_sent_again(anna: Visitor) -> None:
    job = anna.done()
    found = re.search(r'sse-connect="([^"]+)"', anna.open(f"/jobs/{job.id}"))
    assert found
    with Stream(anna, html.unescape(found[1])) as stream:
        event = stream.next()
        assert f"row-{job.id}" in event
        assert 'id="results"' not in event
    with Stream(anna, f"/jobs/{job.id}/events?seen=running+transcribe+None") as stream:
        event = stream.next()
        assert 'id="results"' in event
        assert 'id="extras"' in event
