"""The key of the API, asked for by its views before anything of a request is read."""

import hmac
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import Forbidden, Unauthorized

from app.web.core.context import konspekt

P = ParamSpec("P")
T = TypeVar("T")


def check_key() -> None:
    """Refuse the request if it has not the key."""
    if konspekt().config.api_key is None and request.method != "GET" and _is_foreign():
        raise Forbidden
    if not is_known():
        raise Unauthorized


def _is_foreign() -> bool:
    """Say whether another site's page sends this: browsers say so, and programs say nothing."""
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    return foreign or request.headers.get("Sec-Fetch-Site") == "cross-site"


def is_known() -> bool:
    """Take any bearer token, or only the one that the settings name."""
    expected = konspekt().config.api_key
    if expected is None:
        return True
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return hmac.compare_digest(given.encode(), expected.get_secret_value().encode())


def keyed(view: Callable[P, T]) -> Callable[P, T]:
    """Ask for the key where a blueprint also holds what needs none. It stands above `bp.input`."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        check_key()
        return view(*args, **kwargs)

    return checked
