"""A cluster on one machine, in short: jobs are done once, cancelled from afar, and survive the broker.

Its processes share no folder of files: these stand in a real S3 server.
"""

import re
import time
from collections import Counter
from pathlib import Path

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.jobs.job import Job, JobStatus
from app.jobs.store import JobStore
from tests.e2e.visitor import Visitor
from tests.making import TONE, make_media
from tests.receiver import Receiver
from tests.s3 import SeaweedFS, settings
from tests.scale.cluster import REDIS, cluster
from tests.waiting import until

pytestmark = pytest.mark.skipif(REDIS is None, reason="no Redis is installed (apt-get install redis-server)")


def ended(store: JobStore, ids: list[str], timeout_s: float = 60) -> list[Job]:
    deadline = time.monotonic() + timeout_s
    while True:
        jobs = [job for job in store.visible() if job.id in ids]
        if all(job.status.ended for job in jobs):
            return jobs
        assert time.monotonic() < deadline, Counter(job.status for job in jobs)
        time.sleep(0.05)


def stages_last(folder: Path, stage_s: float) -> None:
    """Let each stage that begins from here on take so long."""
    (folder / "stage_s").write_text(str(stage_s))


def stages_ended(folder: Path, stage: str) -> Counter[str]:
    """Count how often a stage has ended, by the job's id."""
    lines = (folder / "stages.log").read_text(encoding="utf-8").splitlines()
    return Counter(line.split()[2] for line in lines if line.startswith(f"end {stage} "))


def test_a_cluster_does_each_job_once_whatever_becomes_of_its_messages(tmp_path: Path) -> None:
    stages_last(tmp_path, 0.1)
    sound = make_media(tmp_path / "tone.wav", *TONE)
    (tmp_path / "s3").mkdir()
    bucket = SeaweedFS(tmp_path / "s3")
    try:
        with Receiver() as collector:
            named = {"otlp_endpoint": collector.url, **settings(bucket.endpoint)}
            _each_is_done_once(tmp_path, sound, storage="s3-shared", **named)
        _each_trace_leads_from_the_upload_to_the_worker(collector)
    finally:
        bucket.stop()


def _each_trace_leads_from_the_upload_to_the_worker(collector: Receiver) -> None:
    uploads: set[bytes] = set()
    works: set[bytes] = set()
    for one in collector.received:
        for resource in ExportTraceServiceRequest.FromString(one.body).resource_spans:
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                if span.name == "POST /jobs":
                    uploads.add(span.span_id)
                elif span.name == "job":
                    works.add(span.parent_span_id)
    assert len(works) == 5
    assert works <= uploads


def _each_is_done_once(folder: Path, sound: Path, **storage: str) -> None:
    with cluster(folder, **storage) as running:
        web, other = running.add_web(), running.add_web()
        with Visitor(web) as visitor:
            ids = [visitor.send(sound) for _ in range(2)]
            answer = web.get("/ready")
            assert (answer.status_code, answer.json()["status"]) == (503, "models_missing"), "no worker"
            running.broker.kill()
            ids.append(visitor.send(sound))
            assert "broker_away" in web.get("/ready").json()["missing"]
            running.broker.start()
            worker = running.add_worker()
            jobs = ended(visitor.store, ids)
            assert {job.status for job in jobs} == {JobStatus.DONE}, [str(job.error) for job in jobs]
            assert stages_ended(folder, "summarize") == dict.fromkeys(ids, 1)
            assert web.get("/ready").json() == {"status": "ready"}

            asked = re.search(r"path=/jobs request_id=(\w+) status=201", "".join(web.log))
            assert asked is not None
            assert f"request_id={asked[1]}" in worker.log.read_text(), "the id goes with the job"

            page = requests.Session()
            page.cookies.update(visitor.browser.cookies)
            text = page.get(f"{other.url}/jobs/{ids[0]}/download/minutes.txt", timeout=30)
            assert text.status_code == 200, "both web processes know the visitor and have the files"

            stages_last(folder, 60)
            long, waits = visitor.send(sound), visitor.send(sound)
            visitor.wait_for(long, "extract")
            visitor.browser.post(f"{other.url}/jobs/{long}/cancel", data=form(visitor), timeout=30)
            visitor.wait_for(long, "cancelled", timeout_s=30)
            visitor.wait_for(waits, "extract")
            assert worker.stop() == 0
            until(lambda: visitor.job(waits).status is JobStatus.QUEUED)
            assert web.stop() == 0


def form(visitor: Visitor) -> dict[str, str]:
    return {"csrf_token": visitor._token}
