"""The trace of a job leads from its upload over each stage to its document."""

from collections.abc import Iterator

import pytest
from flask import Flask
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from app import tracing
from app.errors import BadInput
from app.web.core.context import konspekt
from tests.jobs.acting import Acting
from tests.web.visitor import Visitor

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def recorded() -> Iterator[InMemorySpanExporter]:
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    tracing.use(provider)
    yield spans
    tracing.stop()


def named(recorded: InMemorySpanExporter, name: str) -> ReadableSpan:
    found = [span for span in recorded.get_finished_spans() if span.name == name]
    assert len(found) == 1, [span.name for span in recorded.get_finished_spans()]
    return found[0]


def parent_of(span: ReadableSpan) -> int:
    assert span.parent is not None
    return span.parent.span_id


def test_a_trace_leads_from_the_upload_over_each_stage_to_the_document(
    speech: None, app: Flask, anna: Visitor, tone: bytes, recorded: InMemorySpanExporter
) -> None:
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "X-Request-ID": "of-the-proxy"}
    assert anna.upload(("tone.wav", tone), headers=headers).status_code == 303
    assert konspekt(app).jobs.worker.run_once()
    job = anna.jobs.list(anna.owner)[0]
    assert anna.client.get(f"/jobs/{job.id}/download/minutes.txt").status_code == 200

    sent, work = named(recorded, "POST /jobs"), named(recorded, "job")
    assert format(sent.context.trace_id, "032x") == TRACE, "it goes on with what the client has begun"
    assert sent.attributes is not None
    assert work.attributes is not None
    assert sent.attributes["http.response.status_code"] == 303
    assert work.context.trace_id == sent.context.trace_id
    assert parent_of(work) == sent.context.span_id
    assert work.attributes["konspekt.job.id"] == job.id
    assert work.attributes["konspekt.request.id"] == sent.attributes["konspekt.request.id"] == "of-the-proxy"
    assert work.attributes["konspekt.job.status"] == "done"
    for stage in (*job.stages, "queue"):
        assert parent_of(named(recorded, stage)) == work.context.span_id
    document = named(recorded, "GET /jobs/<job_id>/download/<file>")
    assert [link.context.trace_id for link in document.links] == [sent.context.trace_id]


def test_a_stage_that_fails_says_of_what_kind_and_nothing_that_was_said(
    app: Flask, anna: Visitor, acting: Acting, recorded: InMemorySpanExporter
) -> None:
    acting.raises["transcribe"] = BadInput("what was said")
    anna.send()
    konspekt(app).jobs.worker.run_once()
    for name in ("transcribe", "job"):
        span = named(recorded, name)
        assert span.status.status_code is StatusCode.ERROR
        assert span.attributes is not None
        assert span.attributes["error.type"] == "BadInput"
        assert "what was said" not in span.to_json()


def test_what_is_asked_all_the_time_is_not_traced(anna: Visitor, recorded: InMemorySpanExporter) -> None:
    assert anna.client.get("/health").status_code == 200
    anna.client.get("/events").close()
    assert {span.name for span in recorded.get_finished_spans()} <= {"GET /events"}


def test_a_foreign_header_that_is_none_begins_a_trace(anna: Visitor, recorded: InMemorySpanExporter) -> None:
    anna.client.get("/", headers={"traceparent": "00-nonsense"})
    assert named(recorded, "GET /").parent is None


def test_no_job_has_a_trace_until_a_collector_is_named(anna: Visitor, tone: bytes) -> None:
    anna.upload(("tone.wav", tone))
    assert [job.traceparent for job in anna.jobs.list(anna.owner)] == [None]
