"""The log: one line an event, for people or as JSON, without secrets and transcripts. Set up by `server`."""

import logging
import re
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.typing import EventDict, Processor

from app.config import Config
from app.web.core.client_socket import present_client

log = structlog.get_logger(__name__)

_SECRET_NAME = re.compile(r"authorization|cookie|secret|token|password|api[-_]?key|_key$", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+@")
_URL_QUERY = re.compile(r"(https?://[^\s?'\"]+)\?[^\s'\"]+")
_TRACEBACK = structlog.tracebacks.ExceptionDictTransformer(
    show_locals=False
)  # local variables may hold secrets
_QUIET = ("static", "bootstrap.static", "health.health", "health.ready", "metrics.metrics")


def configure(config: Config) -> None:
    """Send the whole process's log to stderr in one form. Called by the server, not by the factory."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    renderer: list[Processor] = (
        [
            structlog.processors.ExceptionRenderer(_TRACEBACK),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if config.log_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    others = logging.DEBUG if config.log_level == "DEBUG" else logging.WARNING
    logging.basicConfig(handlers=[handler], level=others, force=True)
    logging.getLogger("app").setLevel(config.log_level)


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Take secrets out of an event: by the name of a field, and passwords and queries out of URLs."""
    return {name: _redacted(name, value) for name, value in event.items()}


def _redacted(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name):
        return "[removed]"
    if isinstance(value, str):
        return _URL_QUERY.sub(r"\1?[removed]", _URL_PASSWORD.sub("[removed]@", value))
    if isinstance(value, dict):
        return {key: _redacted(str(key), inner) for key, inner in value.items()}
    return value


def init_app(app: Flask) -> None:
    """Log each answer: method, path without its query, status, milliseconds."""

    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def log_answer(response: Response) -> Response:
        client = present_client()
        if request.endpoint not in _QUIET and not (client and client.given_up):
            ms = round(1000 * (time.perf_counter() - g.get("started", time.perf_counter())))
            log.info("answered", method=request.method, path=request.path, status=response.status_code, ms=ms)
        return response
