"""Whoever asks for more at once than his line has places for is refused before a thread is taken for him.

Raised by a view it would cost a thread, a session and a page, and there may be hundreds of them a second.
"""

import json
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import unquote

import structlog
from flask import Flask
from flask_babel import force_locale, gettext
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.sansio.request import Request

from app.web.core.context import konspekt
from app.web.core.errors import wants_json
from app.web.core.head import AtOnce, Head, read_head
from app.web.core.i18n import choose_locale
from app.web.core.places import CROWDED, RETRY_AFTER_S
from app.web.core.problem import Problem, for_programs
from app.web.core.turns import is_in_turn

log = structlog.get_logger(__name__)


def refuse_at_once(app: Flask, data: bytes, peer: str) -> AtOnce | None:
    """Refuse what a view would only refuse later; None for whatever else comes.

    Args:
        peer: the other end of the connection, which is the client where no proxy is believed.
    """
    parts = konspekt(app)
    if not parts.config.proxies and parts.turns.has_room(peer):
        return None
    head = read_head(data, app)
    if head is None or parts.turns.has_room(holder := _client(head, peer, parts.config.proxies)):
        return None
    path, _, query = head.target.partition("?")
    request = Request(
        head.method, "http", None, "", unquote(path), query.encode(), Headers(head.fields.items()), holder
    )
    if not _is_in_turn(app, request):
        return None
    if parts.turns.may_tell():
        log.warning("who asks for much at once is refused; this is said once a minute", address=holder)
    status, mimetype, body = _refusal(app, request)
    return head.answered(app, HTTPStatus(status), mimetype, body, {"Retry-After": str(RETRY_AFTER_S)})


def _client(head: Head, peer: str, n_proxies: int) -> str:
    """Return whom `n_proxies` proxies, which are believed, say that they speak for, as ProxyFix takes it."""
    named = [name.strip() for name in head.fields.get("x-forwarded-for", "").split(",")]
    return named[-n_proxies] if 0 < n_proxies <= len(named) and named[-n_proxies] else peer


def _is_in_turn(app: Flask, request: Request) -> bool:
    try:
        endpoint, _ = app.url_map.bind("").match(request.path, request.method)
    except (HTTPException, RequestRedirect):
        return False
    return is_in_turn(app.view_functions[endpoint])


def _refusal(app: Flask, request: Request) -> tuple[int, str, bytes]:
    message = _message(app, choose_locale(request))
    if not wants_json(request):
        return HTTPStatus.SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", message.encode()
    problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "service_unavailable", message, RETRY_AFTER_S)
    status, mimetype, form = for_programs(problem, request.path)
    return status, mimetype, json.dumps(form).encode()


@lru_cache(maxsize=16)
def _message(app: Flask, language: str) -> str:
    with app.app_context(), force_locale(language):
        return str(gettext(CROWDED))
