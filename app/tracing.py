"""Traces by OpenTelemetry, from an upload to its document. None is recorded until a collector is named.

The trace of a job goes on in whatever process does its stages: its row keeps the `traceparent` (W3C Trace
Context) of the request that sent it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, Status, StatusCode
from opentelemetry.trace import SpanKind as SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.contextvars import get_contextvars

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

SERVICE = "konspekt"  # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say otherwise
EXPORT_S = 2.0  # a collector that is away holds up no end of the program
_W3C = TraceContextTextMapPropagator()
_tracer: trace.Tracer = trace.NoOpTracer()
_provider: "TracerProvider | None" = None


def start(collector: str | None) -> None:
    """Send traces from here on. None: none are made. Not called before a fork, which loses its thread."""
    if collector is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": SERVICE}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(
        resource=resource, shutdown_on_exit=False
    )  # `stop` does it, also before os._exit
    exporter = OTLPSpanExporter(f"{collector.rstrip('/')}/v1/traces", timeout=EXPORT_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    use(provider)


def use(provider: "TracerProvider | None") -> None:
    """Let spans go to a provider. None: nowhere."""
    global _tracer, _provider
    _provider = provider
    _tracer = provider.get_tracer(SERVICE) if provider else trace.NoOpTracer()


def stop() -> None:
    """Send what is not sent yet."""
    provider = _provider
    use(None)
    if provider:
        provider.shutdown()


@contextmanager
def span(
    name: str,
    *,
    parent: str | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, str | int | float] | None = None,
) -> Iterator[Span]:
    """Record what is done inside it. An error ends it as one by its kind alone: words may hold what was said.

    Args:
        parent: the traceparent that it belongs to; None: the present span.
    """
    with _tracer.start_as_current_span(
        name,
        _context(parent) if parent else None,
        kind,
        attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as begun:
        try:
            yield begun
        except BaseException as error:
            failed(error)
            raise


def waited(name: str, since: datetime) -> None:
    """Record something that began at a moment and is over now."""
    _tracer.start_span(name, start_time=int(since.timestamp() * 1e9)).end()


def failed(error: BaseException) -> None:
    """Let the present span be one that failed."""
    present = trace.get_current_span()
    present.set_status(Status(StatusCode.ERROR))
    present.set_attribute("error.type", type(error).__qualname__)


def link(traceparent: str | None) -> None:
    """Say of the present span that it has to do with another trace."""
    if traceparent:
        trace.get_current_span().add_link(trace.get_current_span(_context(traceparent)).get_span_context())


def mark(**attributes: str | int | float | None) -> None:
    """Put attributes on the present span; `job_id` becomes `konspekt.job.id`."""
    present = trace.get_current_span()
    for name, value in attributes.items():
        if value is not None:
            present.set_attribute(f"konspekt.{name.replace('_', '.')}", value)


def here() -> str | None:
    """Return the traceparent of the present span. None: there is none."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")


def request_id() -> str | None:
    """Return the id that the log's lines about the present request carry."""
    found: str | None = get_contextvars().get("request_id")
    return found


def _context(traceparent: str) -> Context:
    """Return the context that a traceparent names; an empty one where it is none."""
    return _W3C.extract({"traceparent": traceparent}, Context())
