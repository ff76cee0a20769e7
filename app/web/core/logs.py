"""The log: one line an event, for people or as JSON, without secrets and transcripts. Set up by `server`."""

import logging
import re
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Hashable
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.typing import EventDict, Processor

from app import tracing
from app.config import Config
from app.web.core.client_socket import present_client

log = structlog.get_logger(__name__)

_SECRET_NAME = re.compile(r"authorization|cookie|secret|token|password|api[-_]?key|_key$", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+@")
_URL_QUERY = re.compile(r"(https?://[^\s?'\"]+)\?[^\s'\"]+")
_TRACEBACK = structlog.tracebacks.ExceptionDictTransformer(
    show_locals=False
)  # local variables may hold secrets
_REQUEST_ID = re.compile(r"[\w.-]{8,32}", re.ASCII)
MOST_A_MINUTE = 20  # of lines that say the same
MINUTE_S = 60.0
_QUIET = ("static", "bootstrap.static", "health.health", "health.ready", "metrics.metrics")


class Repeats(logging.Filter):
    """Lets the same be said so many times a minute, so that who asks much does not fill the log."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._said: Counter[Hashable] = Counter()
        self._since = 0.0

    def may_say(self, what: Hashable) -> bool:
        """Count it; say how many were passed over when a minute is over."""
        with self._lock:
            now, passed_over = time.monotonic(), 0
            if now - self._since > MINUTE_S:
                passed_over = sum(max(0, n - MOST_A_MINUTE) for n in self._said.values())
                self._said.clear()
                self._since = now
            self._said[what] += 1
            says = self._said[what] <= MOST_A_MINUTE
        if passed_over:
            log.info("lines like those of the last minutes were not logged", n=passed_over)
        return says

    def filter(self, record: logging.LogRecord) -> bool:
        """Take a library's lines for the same where only what is put into them differs."""
        return self.may_say(record.msg)


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


def _request_id() -> str:
    """Take the id that a proxy has given the request, or make one: its jobs carry it to who does them."""
    given = request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


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
    """Log each answer: method, path without its query, status, milliseconds; the same ones not too often."""
    repeats = Repeats()

    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()  # the thread has served others
        request_id = _request_id()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        tracing.mark(request_id=request_id)

    @app.after_request
    def log_answer(response: Response) -> Response:
        client = present_client()
        if request.endpoint in _QUIET or (client and client.given_up):
            return response
        if repeats.may_say((request.remote_addr, request.endpoint, response.status_code)):
            ms = round(1000 * (time.perf_counter() - g.get("started", time.perf_counter())))
            log.info("answered", method=request.method, path=request.path, status=response.status_code, ms=ms)
        return response
