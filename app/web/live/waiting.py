"""Waiting for a place on the live socket: the client hears where it stands, then it is served."""

import time
from collections.abc import Callable
from typing import TypeVar

from app.errors import JobCancelled, Overloaded
from app.live.events import Waiting
from app.live.waiting_line import WaitingLine
from app.web.core.context import Konspekt
from app.web.live.socket import Connection

TURN_S = 0.5  # how often the first in line tries, and everybody looks at the clock and at the server's stop
TELL_S = 5.0  # between two messages while nothing changes

T = TypeVar("T")


def served(
    ws: Connection,
    parts: Konspekt,
    line: WaitingLine,
    attempt: Callable[[], T],
    *,
    first: bool = False,
    beyond: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
) -> T:
    """Return what `attempt` gives, once it no longer raises Overloaded and nobody stands before this client.

    Args:
        first, beyond: as in `WaitingLine.join`; meanwhile: called at every turn of the wait.

    Raises:
        Overloaded: as many wait as may. JobCancelled: the server stops. ConnectionClosed: the client is gone.
    """
    if first or not len(line):
        try:
            return attempt()
        except Overloaded as error:
            line.note_gap(error.retry_after_s)
    ticket = line.join(first, beyond)
    told = (0, 0.0)  # the place, and when that was said
    try:
        while True:
            place = line.place(ticket)
            if place == 1:
                try:
                    return attempt()
                except Overloaded as error:
                    line.note_gap(error.retry_after_s)
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
