"""Calls whose caller waits for the result: how many at once, a folder for each, an end when nobody waits.

Used by the API (transcriptions, speech, embeddings), the page that reads aloud and the socket's file mode.
"""

import os
import socket
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from flask import Response, request

from app.errors import N_, JobCancelled, Overloaded
from app.progress import Progress
from app.web.core.context import konspekt
from app.web.core.multipart import large_body

RETRY_AFTER_S = 30
RESTARTING = N_("The server is being restarted. Please try again.")

P = ParamSpec("P")
T = TypeVar("T")


class LongAnswer(Response):
    """An answer whose work goes on while it is sent: until it is over it has its place among the calls."""


@contextmanager
def call_slot() -> Iterator[None]:
    """Take one of the places of synchronous calls. Raises Overloaded where there is none."""
    slots = konspekt().sync_slots
    if not slots.acquire(blocking=False):
        raise Overloaded(N_("The server is overloaded, please try again later."), retry_after_s=RETRY_AFTER_S)
    try:
        yield
    finally:
        slots.release()


def one_of_few_calls(view: Callable[P, T]) -> Callable[P, T]:
    """Refuse a call beyond the cap before its body is read. It stands above `bp.input`.

    A call takes its place when its body has come: whoever sends slowly keeps none from others.
    """

    @wraps(view)
    def capped(*args: P.args, **kwargs: P.kwargs) -> T:
        with call_slot():
            pass
        request.get_data(parse_form_data=True)
        with ExitStack() as place:
            place.enter_context(call_slot())
            answer = view(*args, **kwargs)
            if isinstance(answer, LongAnswer):
                answer.call_on_close(place.pop_all().close)
            return answer

    return large_body(capped)


@contextmanager
def call_folder() -> Iterator[Path]:
    """Give a folder that is gone after the call, on the disk of uploads."""
    incoming = konspekt().config.incoming_dir
    incoming.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="call-", dir=incoming) as folder:
        yield Path(folder)


@contextmanager
def awaited_call() -> Iterator[tuple[Path, Progress]]:
    """Give an HTTP call its folder, and a progress that stops its work when nobody waits for it.

    Raises Overloaded when the work was stopped.
    """
    with call_folder() as folder:
        try:
            yield folder, _while_asked(folder)
        except JobCancelled:
            raise Overloaded(RESTARTING, RETRY_AFTER_S) from None


def _while_asked(folder: Path) -> Progress:
    """Return a progress that raises JobCancelled when the client has gone away or the server stops.

    It also keeps `folder` fresh, so that the janitor does not take it for one that was left behind.
    """
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    stopping = konspekt().stopping

    def progress(_done: float) -> None:
        if stopping.is_set() or _hung_up(connection):
            raise JobCancelled
        os.utime(folder)

    return progress


def _hung_up(connection: socket.socket | None) -> bool:
    if connection is None or isinstance(connection, ssl.SSLSocket) or sys.platform == "win32":
        return False  # TLS cannot be peeked into, and Windows cannot peek without waiting
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
