"""Views whose work grows with the recording are done a few at a time, for one address two at a time.

Python computes in one thread at once. Two hundred documents of eight hours, asked for together, would make
every page wait for its share of the processor; so whoever asks for many waits in a line of his own.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import request
from werkzeug.exceptions import ClientDisconnected

from app.web.core.client_socket import present_client
from app.web.core.context import konspekt

P = ParamSpec("P")
T = TypeVar("T")


def in_turn(view: Callable[P, T]) -> Callable[P, T]:
    """Let a view that reads or renders a whole recording work in turn. It stands below the route.

    Who went away while waiting is not worked for: others wait behind him.
    """

    @wraps(view)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> T:
        with konspekt().turns.turn(request.remote_addr or ""):
            if (client := present_client()) and client.has_left():
                raise ClientDisconnected
            return view(*args, **kwargs)

    return waiting
