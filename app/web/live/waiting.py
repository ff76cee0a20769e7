"""Waiting for a place on the live socket: the client hears where it stands, then it is served."""

import time
from collections.abc import Callable
from typing import TypeVar

from app.errors import JobCancelled, Overloaded
from app.live.events import Waiting
from app.live.waiting_line import FULL, WaitingLine
from app.web.core.context import Konspekt
from app.web.live.protocols.base import LiveConnection

TURN_S = 0.5  # how often the first in line tries, and everybody looks at the clock and at the server's stop
TELL_S = 5.0  # between two messages while nothing changes
GOES_ON_S = 1  # after which who knows no other address tries again: a proxy may send him elsewhere

T = TypeVar("T")


def served(
    ws: LiveConnection,
    parts: Konspekt,
    line: WaitingLine,
    attempt: Callable[[], T],
    *,
    first: bool = False,
    beyond: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
    elsewhere: Callable[[], tuple[str, ...]] = tuple,
) -> T:
    """Return what `attempt` gives, once it no longer raises Overloaded and nobody stands before this client.

    Args:
        first, beyond: as in `WaitingLine.join`; meanwhile: called at every turn of the wait.
        elsewhere: tells where there is room, asked before this client waits, and by the first in line.

    Raises:
        Overloaded: as many wait as may, or there is room elsewhere. JobCancelled: the server stops.
        ConnectionClosed: the client is gone.
    """
    if first or not len(line):
        try:
            return attempt()
        except Overloaded as error:
            line.note_gap(error.retry_after_s)
    _lead(elsewhere())
    ticket = line.join(first, beyond)
    told = (0, 0.0)  # the place, and when that was said
    look_at = time.monotonic() + TELL_S
    try:
        while True:
            place = line.place(ticket)
            if place == 1:
                try:
                    return attempt()
                except Overloaded as error:
                    line.note_gap(error.retry_after_s)
                if time.monotonic() > look_at:
                    look_at = time.monotonic() + TELL_S
                    _lead(elsewhere())
            if parts.stopping.is_set():
                raise JobCancelled
            ws.check()
            if told[0] != place or time.monotonic() - told[1] > TELL_S:
                told = (place, time.monotonic())
                ws.send(Waiting(place, line.expected_s(place)))
            meanwhile()
            ws.wait(TURN_S)
    finally:
        line.leave(ticket)
        ws.wake()  # what came meanwhile is still to be taken


def _lead(elsewhere: tuple[str, ...]) -> None:
    """Send a client to where there is room."""
    if elsewhere:
        raise Overloaded(FULL, GOES_ON_S, elsewhere=elsewhere)
