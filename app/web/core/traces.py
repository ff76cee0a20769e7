"""A span for each request, which goes on with the trace that a proxy or a client has begun."""

from contextlib import AbstractContextManager

from flask import Flask, Response, g, request
from opentelemetry.trace import Span, Status, StatusCode

from app import tracing

NOT_TRACED = ("static", "bootstrap.static", "health.health", "health.ready", "metrics.metrics")


def init_app(app: Flask) -> None:
    """Begin the span before all else, end it with the answer; that of a stream of events when it begins."""

    @app.before_request
    def begin() -> None:
        if request.endpoint in NOT_TRACED:
            return
        rule = str(request.url_rule) if request.url_rule else ""
        traced = tracing.span(
            f"{request.method} {rule}".rstrip(),
            parent=request.headers.get("traceparent"),
            kind=tracing.SpanKind.SERVER,
            attributes={"http.request.method": request.method, "http.route": rule, "url.path": request.path},
        )
        g.span, g.traced = traced.__enter__(), traced

    @app.after_request
    def note_status(response: Response) -> Response:
        begun: Span | None = g.get("span")
        if begun:
            begun.set_attribute("http.response.status_code", response.status_code)
            if response.status_code >= 500:
                begun.set_status(Status(StatusCode.ERROR))
        if response.mimetype == "text/event-stream":
            end(None)
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        traced: AbstractContextManager[Span] | None = g.pop("traced", None)
        if traced:
            traced.__exit__(None, None, None)
