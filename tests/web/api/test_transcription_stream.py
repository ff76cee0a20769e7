"""`stream=true`: what is heard is sent at once, and the work ends with who asked for it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from app.documents.transcript import Segment, Transcript
from app.engines.base import Checkpoint, Heard
from app.errors import EngineFailed, JobCancelled
from app.progress import Progress
from app.web.api.transcription_stream import Work, streamed
from tests.waiting import until

ONE, TWO = Segment(0, 1, "Good day."), Segment(2, 3, "We begin.", speaker="Speaker 1")
WHOLE = Transcript((ONE, TWO), "en", "x", 3)

Stream = Callable[..., Iterator[dict[str, Any]]]


@pytest.fixture
def asked() -> Iterator[None]:
    """Answer a request of an app that has languages."""
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


@pytest.fixture
def stream(asked: None) -> Iterator[Stream]:
    """Give what answers with the events of a work."""
    with ExitStack() as held:

        def events(work: Work, diarized: bool = False) -> Iterator[dict[str, Any]]:
            answer = streamed(work, lambda done: None, ExitStack(), diarized)
            held.callback(answer.close)
            for event in answer.response:
                assert isinstance(event, str)
                yield json.loads(event.split("data: ")[1])

        yield events


def test_what_is_heard_is_sent_while_the_rest_is_being_heard(stream: Stream) -> None:
    was_read = threading.Event()

    def work(checkpoint: Checkpoint, progress: Progress) -> Transcript:
        assert checkpoint.resume("x") == Heard()
        checkpoint.add(Heard(1, (ONE,)))
        assert was_read.wait(30), "the first part is not sent before the end"
        checkpoint.add(Heard(3, (TWO,)))
        return WHOLE

    events = stream(work, diarized=True)
    assert next(events) == {"type": "transcript.text.delta", "delta": "Good day."}
    was_read.set()
    assert next(events)["delta"] == " We begin."
    first, second, done = events
    assert (first["type"], first["speaker"], second["speaker"]) == ("transcript.text.segment", "", "A")
    assert done["text"] == "Good day. We begin."


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (EngineFailed("The model broke."), "server_error", "The model broke."),
        (JobCancelled(), "server_error", "restarted"),
        (ZeroDivisionError("secret"), "server_error", "our side"),
    ],
)
def test_what_fails_on_the_way_is_told(stream: Stream, error: BaseException, kind: str, message: str) -> None:
    def work(checkpoint: Checkpoint, progress: Progress) -> Transcript:
        raise error

    (told,) = stream(work)
    assert told["error"]["type"] == kind
    assert message in told["error"]["message"]
    assert "secret" not in str(told)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("error", [None, EngineFailed("The model broke.")])
def test_what_the_work_needed_is_gone_before_the_last_event(error: Exception | None) -> None:
    def work(checkpoint: Checkpoint, progress: Progress) -> Transcript:
        if error:
            raise error
        return WHOLE

    freed = threading.Event()
    with ExitStack() as held:
        held.callback(freed.set)
        answer = streamed(work, lambda done: None, held.pop_all(), diarized=False)
        next(iter(answer.response))
        assert freed.is_set()
        answer.close()


@pytest.mark.usefixtures("asked")
def test_nobody_works_for_who_has_gone() -> None:
    ended, freed = threading.Event(), threading.Event()

    def work(checkpoint: Checkpoint, progress: Progress) -> Transcript:
        checkpoint.add(Heard(1, (ONE,)))
        try:
            while True:
                progress(0.5)
        finally:
            ended.set()

    with ExitStack() as held:
        held.callback(freed.set)
        answer = streamed(work, lambda done: None, held.pop_all(), diarized=False)
        assert "Good day." in str(next(iter(answer.response)))
        assert not freed.is_set()
        answer.close()
    until(ended.is_set)
    assert freed.is_set()
