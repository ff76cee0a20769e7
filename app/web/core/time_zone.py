"""The time zone of an answer: the visitor's own, else that of the setting, else the server's."""

from datetime import tzinfo
from urllib.parse import unquote

from flask import has_request_context, request

from app.config.time_zone import zone_of
from app.web.core.context import konspekt

COOKIE = "zone"  # static/theme.js writes it


def zone() -> tzinfo | None:
    """Return the zone in which times are shown; None: the server's own."""
    if has_request_context() and (told := unquote(request.cookies.get(COOKIE, ""))):
        try:
            return zone_of(told)
        except ValueError:
            pass  # a forged one, or one that this machine does not know
    return zone_of(konspekt().config.timezone)
