"""A failure as a record, and the forms in which programs read it: ours, RFC 9457's, OpenAI's, Deepgram's."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask_babel import gettext

from app.errors import N_
from app.web.core.field_errors import field_error
from app.web.core.reason_phrases import phrase

OPENAI_CODES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "invalid_api_key",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_exceeded",
}

DEEPGRAM_CODES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "INVALID_AUTH",
    HTTPStatus.FORBIDDEN: "INSUFFICIENT_PERMISSIONS",
    HTTPStatus.TOO_MANY_REQUESTS: "TOO_MANY_REQUESTS",
}

# Titles of RFC 9457: the phrases of HTTP, in the reader's language; Python 3.13 has newer ones for some.
TITLES = (
    N_("Bad Request"), N_("Unauthorized"), N_("Forbidden"), N_("Not Found"), N_("Method Not Allowed"),
    N_("Not Acceptable"), N_("Request Timeout"), N_("Conflict"), N_("Gone"), N_("Length Required"),
    N_("Precondition Failed"), N_("Request Entity Too Large"), N_("Content Too Large"),
    N_("Request-URI Too Long"), N_("URI Too Long"), N_("Unsupported Media Type"),
    N_("Requested Range Not Satisfiable"), N_("Range Not Satisfiable"), N_("Unprocessable Entity"),
    N_("Unprocessable Content"), N_("Precondition Required"), N_("Too Many Requests"),
    N_("Request Header Fields Too Large"), N_("Internal Server Error"), N_("Not Implemented"),
    N_("Bad Gateway"), N_("Service Unavailable"), N_("Gateway Timeout"), N_("Insufficient Storage"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure as it is told: `message` is in the visitor's language, `code` is for programs.

    param: the first field that is wrong; fields: all of them, each with its reason.
    elsewhere: other addresses where the same may be asked for now.
    """

    status: int
    code: str
    message: str
    retry_after_s: int | None = None
    incident: str | None = None
    param: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    elsewhere: tuple[str, ...] = ()


def wrong_fields(reasons: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield what marshmallow says of each field; those within others as `input.item_id`, `records.0`."""
    if isinstance(reasons, dict):
        for name, inner in reasons.items():
            whole = name == "_schema"  # of the object itself
            yield from wrong_fields(inner, path if whole else f"{path}.{name}" if path else str(name))
    else:
        said = reasons if isinstance(reasons, list) else [reasons]
        yield path, " ".join(field_error(str(reason)) for reason in said)


def json_form(problem: Problem) -> dict[str, Any]:
    error: dict[str, Any] = {"message": problem.message, "code": problem.code}
    if problem.retry_after_s is not None:
        error["retry_after_s"] = problem.retry_after_s
    if problem.incident is not None:
        error["incident"] = problem.incident
    return {"error": error}


def problem_form(problem: Problem) -> dict[str, Any]:
    """Tell it as RFC 9457 does; `code` and what stands below it are ours."""
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": gettext(phrase(problem.status)),
        "status": int(problem.status),
        "detail": problem.message,
        "code": problem.code,
    }
    if problem.fields:
        said["errors"] = [{"field": name, "detail": reason} for name, reason in problem.fields]
    if problem.retry_after_s is not None:
        said["retry_after_s"] = problem.retry_after_s
    if problem.incident is not None:
        said["incident"] = problem.incident
    return said


def with_openais_status(problem: Problem) -> Problem:
    """Use the statuses that OpenAI's clients know: they ask again after 429 and every 5xx, but not after 400.

    What a server lacks, as an engine for a language, it lacks a second later too.
    """
    if problem.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return replace(problem, status=HTTPStatus.BAD_REQUEST, code="bad_request")
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE and problem.retry_after_s is not None:
        return replace(problem, status=HTTPStatus.TOO_MANY_REQUESTS)
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return replace(problem, status=HTTPStatus.BAD_REQUEST, code="engine_unavailable")
    return problem


def for_programs(problem: Problem, path: str) -> tuple[int, str, dict[str, Any]]:
    """Return status, media type and object, in the form that belongs to the address."""
    if path == "/v1/listen":
        problem = with_openais_status(problem)  # Deepgram's clients ask again after the same ones
        return problem.status, "application/json", deepgram_form(problem)
    if path.startswith("/v1/"):
        problem = with_openais_status(problem)
        return problem.status, "application/json", openai_form(problem)
    if path.startswith("/api/v1/"):
        return problem.status, "application/problem+json", problem_form(problem)
    return problem.status, "application/json", json_form(problem)


def deepgram_form(problem: Problem) -> dict[str, Any]:
    code = DEEPGRAM_CODES.get(problem.status, phrase(problem.status))
    return {"err_code": code, "err_msg": problem.message, "request_id": problem.incident or str(uuid4())}


def openai_form(problem: Problem) -> dict[str, Any]:
    kind = "server_error" if problem.status >= 500 else "invalid_request_error"
    code = OPENAI_CODES.get(problem.status, problem.code)
    return {"error": {"message": problem.message, "type": kind, "param": problem.param, "code": code}}
