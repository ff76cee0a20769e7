"""Who may open a live stream, and whose is what is kept of it."""

from urllib.parse import urlsplit

from flask import request

from app.config import Config
from app.web.core import api_key, sessions, visits
from app.web.core.api_key import caller, is_known


def is_allowed(config: Config) -> bool:
    """Let in our own pages, those of `live_origins`, and programs.

    Where there is a key, all but our own pages need it: an origin is what a browser says, and what a program
    may say as well. A page of ours is known by its visitor's session.
    """
    origin = request.headers.get("Origin")
    ours = origin is not None and urlsplit(origin).netloc == request.host
    if origin is not None and not ours and origin not in config.live_origins:
        return False
    return (ours and bool(sessions.owner())) or is_known()


def count() -> None:
    """Count the stream that is opened: for who calls the API, or for the visitor. Raises TooManyRequests."""
    calling = caller()
    if "Origin" in request.headers and "Authorization" not in request.headers:
        visits.count()
    elif calling is not None:
        api_key.count(calling)


def owner_of_kept() -> str:
    """Return whose streams are kept: a visitor's by the cookie, a program's by its key. "": nobody's.

    Browsers name the origin of their page; one without a visitor's cookie is no program, but for its key.
    """
    visitor = sessions.owner()
    if visitor or ("Origin" in request.headers and "Authorization" not in request.headers):
        return visitor
    calling = caller()
    return calling.owner if calling else ""
