"""Traces go to a collector, and cost nothing until one is named."""

import logging
import subprocess
import sys
import time

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app import tracing
from tests.receiver import Receiver
from tests.s3 import free_port


def test_nothing_that_sends_them_is_loaded_before_one_is_named() -> None:
    code = "import sys, app.tracing; app.tracing.start(None); print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "opentelemetry.trace" in loaded
    assert not [name for name in loaded if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))]


def test_a_collector_gets_them_by_otlp_with_the_service_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "konspekt-worker")
    with Receiver() as collector:
        tracing.start(collector.url)
        with tracing.span("work"):
            pass
        tracing.stop()
    assert [one.path for one in collector.received] == ["/v1/traces"]
    sent = ExportTraceServiceRequest.FromString(collector.received[0].body).resource_spans[0]
    assert [span.name for span in sent.scope_spans[0].spans] == ["work"]
    service = {pair.key: pair.value.string_value for pair in sent.resource.attributes}
    assert service["service.name"] == "konspekt-worker"


def test_a_collector_that_is_away_holds_up_no_end(caplog: pytest.LogCaptureFixture) -> None:
    tracing.start(f"http://127.0.0.1:{free_port()}")
    with tracing.span("work"), caplog.at_level(logging.ERROR):
        pass
    began = time.monotonic()
    tracing.stop()
    assert time.monotonic() - began < 20
