"""The keys of the API, asked for by its views before anything of a request is read."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from app.config.proxies import THIS_MACHINE
from app.errors import N_, NotAllowed
from app.integrations.api_keys import Scope
from app.integrations.submitting import OWNER
from app.web.core.context import Konspekt, konspekt
from app.web.core.rate_limits import network

SAFE = ("GET", "HEAD", "OPTIONS")
FOR_ADMINS = N_("This needs an administrator’s key: flask keys add NAME --scope admin")
READ_ONLY = N_("This key may only read. Make one that may write with “flask keys add NAME --scope write”.")

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls the API. owner: of what he makes; keyed: known by a key; else whoever reaches the server."""

    owner: str
    scope: Scope
    keyed: bool


def check_key() -> None:
    """Refuse the request if it has not a key, or one that may not do this."""
    calling = caller()
    if calling is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    count(calling)
    if request.method not in SAFE:
        if not calling.keyed and _is_foreign():
            raise Forbidden
        if calling.scope == "read":
            raise NotAllowed(READ_ONLY)


def check_admin() -> None:
    """Refuse a request whose key is not an administrator's."""
    calling = caller()
    if calling is None or calling.scope != "admin":
        raise NotAllowed(FOR_ADMINS)


def count(calling: Caller) -> None:
    """Count a request of his. Raises TooManyRequests."""
    address = network(request.remote_addr or "")
    konspekt().rate_limits.count(f"key of {calling.owner}" if calling.keyed else f"address {address}")


def owner() -> str:
    """Return who owns what the present caller of the API makes and sees."""
    calling = caller()
    return calling.owner if calling else ""


def is_known() -> bool:
    """Say whether the API is open to the present request: by a key, or because there is none."""
    return caller() is not None


def caller() -> Caller | None:
    """Return who calls. None: keys are asked for, and this request has none that is valid."""
    if "api_caller" not in g:
        g.api_caller = _caller(_token())
    found: Caller | None = g.api_caller
    return found


def is_taken_back() -> bool:
    """Say whether the key by which this request was let in opens nothing any more."""
    return _caller(_token()) is None


def is_open(parts: Konspekt) -> bool:
    """Say whether the API asks for no key: there are no accounts, and there was never a key."""
    return (
        parts.config.auth == "none"
        and parts.config.api_key is None
        and not parts.integrations.api_keys.exist()
    )


def is_open_to_others(parts: Konspekt) -> bool:
    """Say whether other machines reach an API that asks for no key."""
    return parts.config.host not in THIS_MACHINE and is_open(parts)


def _caller(key: str) -> Caller | None:
    expected = konspekt().config.api_key
    if expected and hmac.compare_digest(key.encode(), expected.get_secret_value().encode()):
        return Caller(OWNER, "admin", keyed=True)  # of whoever runs the server
    if key and (known := konspekt().integrations.api_keys.find(key, datetime.now(UTC))):
        return Caller(known.owner, known.scope, keyed=True)
    return Caller(OWNER, "write", keyed=False) if is_open(konspekt()) else None


def _token() -> str:
    """Return the token of `Authorization: Bearer …` (RFC 6750, 2.1); "" where there is none.

    Clients of Deepgram write `Token …`; those that know an address only, `ws://any:key@host`, send it as the
    password of HTTP's Basic.
    """
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() == "basic":
        sent = request.authorization
        return (sent.password if sent else None) or ""
    return token.strip() if scheme.lower() in ("bearer", "token") else ""


def _is_foreign() -> bool:
    """Say whether another site's page sends this: browsers say so, and programs say nothing."""
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    return foreign or request.headers.get("Sec-Fetch-Site") == "cross-site"


def keyed(view: Callable[P, T]) -> Callable[P, T]:
    """Ask for the key where a blueprint also holds what needs none. It stands above `bp.input`."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        check_key()
        return view(*args, **kwargs)

    return checked
