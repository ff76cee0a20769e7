"""How a failure looks to whoever asked: a page, JSON, OpenAI's form or RFC 9457's. Views only raise."""

import errno
import json
import secrets
from http import HTTPStatus
from pathlib import Path

import structlog
from apiflask import HTTPError
from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import get_locale, gettext
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import ClientDisconnected, HTTPException, InternalServerError, SecurityError
from werkzeug.sansio.request import Request

from app.errors import N_, AppError, EngineNotReady, NotFound, Overloaded, StorageFull, TooManyRequests
from app.jobs.service import UNKNOWN
from app.web.core.client_socket import present_client
from app.web.core.context import konspekt
from app.web.core.disk_space import DISK_FULL
from app.web.core.i18n import duration
from app.web.core.problem import Problem, for_programs, wrong_fields
from app.web.core.reason_phrases import code

log = structlog.get_logger(__name__)

API_PREFIXES = ("/api/", "/v1/", "/encode_audio", "/run", "/status/", "/health", "/ready", "/metrics")

HTTP_MESSAGES = {
    HTTPStatus.BAD_REQUEST: N_("The request could not be understood."),
    HTTPStatus.UNAUTHORIZED: N_("This needs a valid key."),
    HTTPStatus.FORBIDDEN: N_("This is not allowed."),
    HTTPStatus.NOT_FOUND: N_("There is nothing here. It may have been deleted already."),
    HTTPStatus.METHOD_NOT_ALLOWED: N_("This address does not take such a request."),
    HTTPStatus.REQUEST_TIMEOUT: N_("The sending took too long or was cut off. Please try again."),
    HTTPStatus.PRECONDITION_FAILED: N_(
        "Somebody has changed this meanwhile. Read it again, and then change it."
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: N_("What was sent is too large."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: N_("The request has the wrong content type."),
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: N_("The file does not have this range."),
    HTTPStatus.TOO_MANY_REQUESTS: N_("Too many requests. Please wait a little."),
}
FIELD_MESSAGE = N_("The field %(name)s is wrong: %(reason)s")
CSRF_MESSAGE = N_("The page was open for too long. Reload it and try again.")
BUG_MESSAGE = N_("Something went wrong on our side. It has been logged as %(incident)s.")
DATABASE_MESSAGE = N_("The database of the server cannot be reached. Please try again in a moment.")
NOT_WRITABLE = N_(
    "The server may not write into one of its own folders. Whoever runs it finds in the log which one it is."
)


def init_app(app: Flask) -> None:
    app.register_error_handler(AppError, lambda error: respond(describe(error)))
    app.register_error_handler(HTTPError, _wrong_field)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    app.log_exception = _log_nothing  # type: ignore[method-assign]


def _log_nothing(exc_info: object) -> None:
    """Leave the log to `_unexpected`, which knows a bug from a lost connection."""


def translate(error: AppError) -> str:
    """Say the error in the visitor's language."""
    params = dict(error.params)
    if isinstance(error, TooManyRequests):
        params["wait"] = duration(_rounded_up_s(error.retry_after_s))
    return str(gettext(error.message, **params))


def _rounded_up_s(wait_s: int) -> int:
    """Say rather a minute too much: who comes before the time is refused again."""
    return wait_s if wait_s < 60 else -(-wait_s // 60) * 60


def describe(error: AppError) -> Problem:
    retry_after_s = error.retry_after_s if isinstance(error, Overloaded | EngineNotReady) else None
    elsewhere = error.elsewhere if isinstance(error, Overloaded) else ()
    return Problem(error.status, code(error.status), translate(error), retry_after_s, elsewhere=elsewhere)


def respond(problem: Problem) -> Response:
    """Answer in the form that the asker reads."""
    status = problem.status
    if wants_json(request):
        status, mimetype, form = for_programs(problem, request.path)
        response = jsonify(form)
        response.mimetype = mimetype
    elif not _reads_pages():
        response = Response(problem.message, mimetype="text/plain")
    else:
        response = make_response(_page(problem))
    response.status_code = status
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    for url in problem.elsewhere:  # RFC 8288
        response.headers.add("Link", f'<{url}>; rel="alternate"')
    return response


def _page(problem: Problem) -> str:
    try:
        return render_template("error.html", problem=problem, language=str(get_locale()))
    except Exception:
        log.exception("the error page itself is broken")
        return f"<!doctype html><title>{problem.status}</title><p>{escape(problem.message)}"


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:  # a redirect is not a failure
        return error
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        return _unexpected(error.original_exception)  # it broke before or after the view
    status = HTTPStatus(error.code)
    if isinstance(error, ClientDisconnected):  # or it was too slow
        status = HTTPStatus.REQUEST_TIMEOUT
    message = HTTP_MESSAGES.get(status, N_("The request could not be understood."))
    if isinstance(error, CSRFError):
        message = CSRF_MESSAGE
    response = respond(Problem(status, code(status), gettext(message)))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):  # Allow, WWW-Authenticate, Content-Range
            response.headers[name] = value
    return response


def _wrong_field(error: HTTPError) -> Response:
    """Tell which fields APIFlask's validation refused, and why."""
    fields = tuple(wrong_fields(next(iter(error.detail.values()), {}) if error.detail else {}))
    name, reason = fields[0] if fields else ("", str(error.message))
    status = error.status_code
    message = gettext(FIELD_MESSAGE, name=name, reason=reason) if name else reason
    return respond(Problem(status, code(status), message, param=name or None, fields=fields))


def _unexpected(error: Exception) -> Response:
    """Tell a lost connection and a full disk from a bug of ours, and log the bug with its traceback."""
    if isinstance(error, BlockingIOError | ConnectionError | TimeoutError):
        status = HTTPStatus.REQUEST_TIMEOUT
        return respond(Problem(status, code(status), gettext(HTTP_MESSAGES[status])))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        log.error("disk_full", path=request.path)
        return respond(describe(StorageFull(DISK_FULL)))
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        log.error("not_writable", path=error.filename)
        return respond(describe(StorageFull(NOT_WRITABLE)))
    if isinstance(error, FileNotFoundError) and _was_deleted(error):
        return respond(describe(NotFound(UNKNOWN)))
    if isinstance(error, RecursionError | ValueError) and _is_unreadable_json():
        status = HTTPStatus.BAD_REQUEST
        return respond(Problem(status, code(status), gettext(HTTP_MESSAGES[status])))
    if current_app.testing:
        raise error
    if isinstance(error, OperationalError):
        log.error("the database cannot be reached", reason=str(error.orig))
        return respond(describe(Overloaded(DATABASE_MESSAGE, retry_after_s=5)))
    return respond(bug(error))


def bug(error: BaseException) -> Problem:
    """Log a bug of ours with its traceback; return the neutral sentence and the number to ask for."""
    incident = secrets.token_hex(4)
    log.error("bug", incident=incident, method=request.method, endpoint=request.endpoint, exc_info=error)
    message = gettext(BUG_MESSAGE, incident=incident)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", message, incident=incident)


def _is_unreadable_json() -> bool:
    """Say whether the body is JSON that Python does not read: arrays within arrays, numbers without end."""
    if not request.is_json:
        return False
    try:
        json.loads(request.get_data())
    except (RecursionError, ValueError):
        return True
    return False


def _was_deleted(error: FileNotFoundError) -> bool:
    """Say whether a file was not there because its job was deleted while it was looked for."""
    config, path = konspekt().config, Path(error.filename or "").resolve()
    for tree in (config.uploads_dir.resolve(), config.results_dir.resolve()):
        if path.is_relative_to(tree) and path != tree:
            return not (tree / path.relative_to(tree).parts[0]).exists()
    return False


def wants_json(asked: Request) -> bool:
    """Say whether a program asks: by the address, or because it prefers JSON to a page."""
    if asked.path.startswith(API_PREFIXES):
        return True
    if "HX-Request" in asked.headers:
        return False
    accepts = asked.accept_mimetypes
    return accepts["application/json"] > accepts["text/html"]


def _reads_pages() -> bool:
    """Say whether a page can be made and is worth it: not for a stream, nor for a client that is let go.

    To a host that is not ours it could link nowhere.
    """
    if isinstance(request.routing_exception, SecurityError):
        return False
    if (client := present_client()) and client.given_up:
        return False
    return "HX-Request" in request.headers or request.accept_mimetypes.accept_html
