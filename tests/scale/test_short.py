"""A cluster on one machine, in short: jobs are done once, cancelled from afar, and survive the broker.

Speech is heard by a worker of the queue `gpu`, whose device is one by its setting only; another of `cpu` does
the rest. They share no folder: files stand in a real S3 server, in `make scale-test` also in a common folder.
"""

import os
import re
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.jobs.job import Job, JobStatus
from app.jobs.store import JobStore
from tests.e2e.visitor import Visitor
from tests.making import TONE, make_media
from tests.receiver import Receiver
from tests.running import RunningServer
from tests.s3 import SeaweedFS, settings
from tests.scale.cluster import REDIS, Cluster, Redis, Worker, cluster
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif(REDIS is None, reason="no Redis is installed (apt-get install redis-server)"),
    pytest.mark.timeout(600),  # eight processes start in it, one after the other
]


def ended(store: JobStore, ids: list[str], timeout_s: float = 60) -> list[Job]:
    deadline = time.monotonic() + timeout_s
    while True:
        jobs = [job for job in store.visible() if job.id in ids]
        if all(job.status.ended for job in jobs):
            return jobs
        assert time.monotonic() < deadline, Counter(job.status for job in jobs)
        time.sleep(0.05)


def stages_last(folder: Path, stage_s: float, stage: str = "stage") -> None:
    """Let each stage that begins from here on take so long, or one of them."""
    (folder / f"{stage}_s").write_text(str(stage_s))


def stages_ended(folder: Path, stage: str, what: str = "end") -> Counter[str]:
    """Count how often a stage has ended, by the job's id."""
    return Counter(job for event, job, _ in _events(folder, stage) if event == what)


def workers_of(folder: Path, stage: str) -> set[int]:
    """Return by whom a stage was begun: process ids of Celery's parents."""
    return {worker for _, _, worker in _events(folder, stage)}


def _events(folder: Path, stage: str) -> list[tuple[str, str, int]]:
    lines = (line.split() for line in (folder / "stages.log").read_text(encoding="utf-8").splitlines())
    return [(what, job, int(worker)) for what, name, job, _, worker in lines if name == stage]


def test_a_cluster_does_each_job_once_whatever_becomes_of_its_messages(tmp_path: Path) -> None:
    (tmp_path / "s3").mkdir()
    bucket = SeaweedFS(tmp_path / "s3")
    try:
        with Receiver() as collector:
            named = {"otlp_endpoint": collector.url, **settings(bucket.endpoint)}
            _each_is_done_once(tmp_path, storage="s3-shared", **named)
        _each_trace_leads_from_the_upload_to_the_worker(collector)
    finally:
        bucket.stop()


@pytest.mark.skipif(not os.environ.get("KONSPEKT_TRIALS"), reason="run by `make scale-test`")
def test_a_cluster_that_shares_its_folders_does_likewise(tmp_path: Path) -> None:
    _each_is_done_once(tmp_path)


def test_a_worker_that_cannot_start_ends_and_takes_no_messages(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    broker = Redis(tmp_path)
    try:
        server = cast(RunningServer, SimpleNamespace(folder=tmp_path, settings={"queue_url": broker.url}))
        worker = Worker(server, "w")
        assert worker.process.wait(120) == 1
        assert "this worker cannot start" in worker.log.read_text()
    finally:
        broker.kill()


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


def _each_is_done_once(folder: Path, **storage: str) -> None:
    stages_last(folder, 0.1)
    sound = make_media(folder / "tone.wav", *TONE)
    with cluster(folder, gpu_stages="transcribe", **storage) as running:
        web, other = running.add_web(), running.add_web()
        with Visitor(web) as visitor:
            ids = [visitor.send(sound) for _ in range(2)]
            answer = web.get("/ready")
            assert (answer.status_code, answer.json()["status"]) == (503, "models_missing"), "no worker"
            running.broker.kill()
            ids.append(visitor.send(sound))
            assert "broker_away" in web.get("/ready").json()["missing"]
            running.broker.start()
            cpu = running.add_worker("cpu")
            _they_wait_for_the_other_kind(running, visitor, ids)
            gpu = running.add_worker("gpu", device="cuda")
            jobs = ended(visitor.store, ids)
            assert {job.status for job in jobs} == {JobStatus.DONE}, [str(job.error) for job in jobs]
            for stage, worker in (("extract", cpu), ("transcribe", gpu), ("summarize", cpu)):
                assert stages_ended(folder, stage) == dict.fromkeys(ids, 1)
                assert workers_of(folder, stage) == {worker.process.pid}
            assert web.get("/ready").json() == {"status": "ready"}

            asked = re.search(r"path=/jobs request_id=(\w+) status=201", "".join(web.log))
            assert asked is not None
            for worker in (cpu, gpu):
                assert f"request_id={asked[1]}" in worker.log.read_text(), "the id goes with the job"

            page = requests.Session()
            page.cookies.update(visitor.browser.cookies)
            text = page.get(f"{other.url}/jobs/{ids[0]}/download/minutes.txt", timeout=30)
            assert text.status_code == 200, "both web processes know the visitor and have the files"

            stages_last(folder, 600, "transcribe")
            long = visitor.send(sound)
            _it_outlives_the_worker_of_its_stage(folder, visitor, gpu, long)
            waits = visitor.send(sound)  # not before: the next worker would take it at once
            visitor.browser.post(f"{other.url}/jobs/{long}/cancel", data=form(visitor), timeout=30)
            visitor.wait_for(long, "cancelled", timeout_s=30)
            visitor.wait_for(waits, "transcribe")
            assert gpu.stop() == 0
            until(lambda: visitor.job(waits).status is JobStatus.QUEUED)
            assert visitor.job(waits).queue == "gpu", "it is given back to those who can do its stage"
            assert cpu.stop() == 0
            assert web.stop() == 0


def _they_wait_for_the_other_kind(running: Cluster, visitor: Visitor, ids: list[str]) -> None:
    until(lambda: {visitor.job(job_id).queue for job_id in ids} == {"gpu"})
    until(lambda: {visitor.job(job_id).status for job_id in ids} == {JobStatus.QUEUED})
    until(lambda: "queue gpu" in running.webs[0].get("/ready").json()["missing"]["models_missing"])
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    page = visitor.browser.get(f"{running.webs[1].url}/jobs/{ids[0]}", headers=headers, timeout=30)
    assert "none is running now" in page.text


def _it_outlives_the_worker_of_its_stage(folder: Path, visitor: Visitor, gpu: Worker, job_id: str) -> None:
    """Kill what works in a stage; the next of its kind begins that stage anew, and none before it."""
    visitor.wait_for(job_id, "transcribe")
    gpu.kill_child()  # another parent would cost the suite three seconds more; `test_long` kills both
    until(lambda: stages_ended(folder, "transcribe", "begin")[job_id] == 2)
    assert stages_ended(folder, "extract", "begin")[job_id] == 1


def form(visitor: Visitor) -> dict[str, str]:
    return {"csrf_token": visitor._token}
