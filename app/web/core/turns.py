"""Views whose work grows with the recording are done a few at a time, for one address two at a time.

Python computes in one thread at once. Two hundred documents of eight hours, asked for together, would make
every page wait for its share of the processor; so whoever asks for many waits in a line of his own. What is
asked of a long recording is answered by a process of its own, once for all who wait for the same.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Response, request
from werkzeug.exceptions import ClientDisconnected

from app.web.core import share_links
from app.web.core.client_socket import present_client
from app.web.core.context import Konspekt, konspekt
from app.web.core.reading.answer import Answer

IN_TURN = "is_in_turn"

P = ParamSpec("P")
T = TypeVar("T")


def in_turn(view: Callable[P, T]) -> Callable[P, T | Response]:
    """Let a view that reads or renders a whole recording work in turn. It stands below the route.

    Who went away while waiting is not worked for: others wait behind him.
    """

    @wraps(view)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> T | Response:
        parts, holder = konspekt(), request.remote_addr or ""
        with parts.turns.in_line(holder):
            if _is_long(parts, kwargs):
                return _elsewhere(parts, holder, lambda: view(*args, **kwargs))
            with parts.turns.working(holder):
                _see_who_left()
                return view(*args, **kwargs)

    waiting.__dict__[IN_TURN] = True  # what wraps it takes it over
    return waiting


def is_in_turn(view: Callable[..., object]) -> bool:
    return getattr(view, IN_TURN, False)


def _is_long(parts: Konspekt, named: Mapping[str, object]) -> bool:
    """Tell whether a recording is only read, and takes long to read."""
    if request.method not in ("GET", "HEAD") or not parts.reading.enabled:
        return False
    job_id = share_links.opened(str(named["token"]))[0].id if "token" in named else named.get("job_id", "")
    return parts.jobs.results.is_long(str(job_id))


def _elsewhere(parts: Konspekt, holder: str, view: Callable[[], T]) -> T | Response:
    """Have it answered by the reading process; by the view here where that is not up yet."""
    here: list[T] = []

    def work(begin: Callable[[], None]) -> Answer | None:
        with parts.turns.working(holder):
            _see_who_left()
            begin()
            answer = parts.reading.answer(request.environ)
            if answer is None:
                here.append(view())
            return answer

    # Whatever of the request the answer may follow from: who asks, and for which form of what.
    asked = {name: value for name, value in request.environ.items() if name.startswith("HTTP_")}
    key = (holder, request.method, request.full_path, request.host_url, *sorted(asked.items()))
    while True:
        answer, led = parts.same_answers.join(key, work)
        if answer:
            handing_out = ExitStack()  # not all who waited at once: others' pages would wait for each of them
            handing_out.enter_context(parts.turns.working(holder))
            return answer.response(handing_out.close)
        if led:
            return here[0]


def _see_who_left() -> None:
    if (client := present_client()) and client.has_left():
        raise ClientDisconnected
