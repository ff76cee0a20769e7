"""Event streams of jobs: who looks on is told what has changed, as long as there is a place for him.

Used by open pages, whose events are fragments for htmx, and by the API, whose events are JSON.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from flask import Response, request, stream_with_context

from app.errors import N_, NotFound, NotSignedIn, Overloaded
from app.web.core.context import konspekt
from app.web.core.standing import Standing

WAIT_S = 1.0  # how long one wait for a change may take, and so how long the server's stop waits for it
PAUSE_S = 0.3  # between two events, so that a fast stage does not flood who looks on
TICK_S = 2.0  # how often times are looked at where something runs
IDLE_S = 20.0  # and where nothing runs: countdowns of pages show minutes
HEARTBEAT_S = 15.0
RETRY_S = 5  # what who is over the limit is told to wait; pages ask by polling meanwhile
FULL = N_("Too many pages are open at once. This one is refreshed now and then.")


@dataclass(frozen=True, slots=True)
class News:
    """What changed since the last look.

    text: framed events, "" for nothing; ticking: times run; over: nothing comes after it.
    """

    text: str
    ticking: bool
    over: bool = False


def stream(owner: str, look: Callable[[], News], gone: Callable[[], str]) -> Response:
    """Answer with what `look` finds at each change of an owner's jobs; `gone`: said when it is deleted.

    Raises Overloaded where there is no place.
    """
    places, holder = konspekt().event_places, request.remote_addr or ""  # each stream costs a server thread
    if not places.take(holder):
        raise Overloaded(FULL, RETRY_S)
    response = Response(stream_with_context(_events(owner, look, gone)), mimetype="text/event-stream")
    response.call_on_close(partial(places.leave, holder))  # also where nobody ever reads the first byte
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold the events back
    return response


@contextmanager
def place() -> Iterator[None]:
    """Hold one of the places of streams. Raises Overloaded where there is none."""
    places, holder = konspekt().event_places, request.remote_addr or ""
    if not places.take(holder):
        raise Overloaded(FULL, RETRY_S)
    try:
        yield
    finally:
        places.leave(holder)


def _events(owner: str, look: Callable[[], News], gone: Callable[[], str]) -> Iterator[str]:
    jobs, stopping, standing = konspekt().jobs, konspekt().stopping, Standing()
    version, beat = jobs.changes.version(owner), time.monotonic()
    yield "retry: 2000\n\n"
    while not stopping.is_set():
        try:
            standing.check()
            news = look()
        except NotSignedIn:
            return
        except NotFound:
            yield gone()
            return
        looked = time.monotonic()
        if news.text:
            beat = looked
            yield news.text
        if news.over:
            return
        stopping.wait(PAUSE_S)
        while not stopping.is_set():
            newer = jobs.changes.wait(owner, version, WAIT_S)
            now = time.monotonic()
            if newer != version or now - looked > (TICK_S if news.ticking else IDLE_S):
                version = newer
                break
            if now - beat > HEARTBEAT_S:
                beat = now
                yield ": still here\n\n"


def sse(data: str, event: str = "message") -> str:
    """Frame an event. Every line of the text gets its own `data:`, so that no text can forge an event."""
    lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return f"event: {event}\n" + "".join(f"data: {line}\n" for line in lines) + "\n"
