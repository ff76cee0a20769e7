"""A cluster whose processes are killed at random, and what a second worker brings: `make scale-test`."""

import itertools
import os
import random
import signal
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from app.config import Config
from app.jobs.job import Job, JobStatus
from app.jobs.store import JobStore
from tests.e2e.visitor import Visitor
from tests.making import TONE, make_media
from tests.postgres import Postgres
from tests.running import RunningServer
from tests.s3 import SeaweedFS, settings
from tests.scale.cluster import Cluster, cluster
from tests.scale.test_short import ended, stages_ended, stages_last

pytestmark = [
    pytest.mark.skipif(not os.environ.get("KONSPEKT_TRIALS"), reason="run by `make scale-test`"),
    pytest.mark.timeout(1800),
]
N_JOBS = int(os.environ.get("SCALE_JOBS", "200"))
N_EACH = 8  # jobs a worker
KILL_EVERY_S = (2.0, 5.0)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return make_media(tmp_path / "tone.wav", *TONE)


class PersistentVisitor(Visitor):
    """Sends until somebody has accepted it: to the other web process where one is away."""

    def __init__(self, running: Cluster, database_url: str) -> None:
        super().__init__(running.webs[0])
        self.store.close()
        self.store = JobStore(Config(_env_file=None, database_url=database_url))  # type: ignore[call-arg]
        self._running = running

    def send_somewhere(self, path: Path) -> str:
        while True:
            self.server = random.choice(self._running.webs)
            try:
                return self.send(path)
            except (requests.RequestException, AssertionError):
                time.sleep(0.2)


def kill_something(running: Cluster, server: Postgres, chance: random.Random) -> str:
    """Kill one process as `kill -9` does, and start it again."""
    what = chance.choice(("worker", "child", "web", "broker", "broker flushed", "database"))
    if what == "worker":
        worker = chance.choice(running.workers)
        worker.kill()
        worker.start()
    elif what == "child":
        chance.choice(running.workers).kill_child()
    elif what == "web":
        restart(chance.choice(running.webs))
    elif what == "broker":
        running.broker.kill()
        time.sleep(0.5)
        running.broker.start()
    elif what == "broker flushed":
        running.broker.flush()
    else:
        server.stop()
        server.start()
    return what


def restart(web: RunningServer) -> None:
    port = int(web.url.rpartition(":")[2])
    os.killpg(web.process.pid, signal.SIGKILL)
    web._ended(10)
    web.settings["port"] = port
    web.start()


def test_jobs_are_done_once_while_processes_are_killed(tmp_path: Path, server: Postgres, sound: Path) -> None:
    stages_last(tmp_path, 0.3)
    chance = random.Random(14)
    url = server.create("kills")
    (tmp_path / "s3").mkdir()
    bucket = SeaweedFS(tmp_path / "s3")
    s3 = {"storage": "s3-shared", **settings(bucket.endpoint)}
    began, kills = time.monotonic(), Counter[str]()
    try:
        with cluster(tmp_path, database_url=url, lease_s=8, max_active_jobs=500, **s3) as running:
            running.add_web()
            running.add_web()
            running.add_worker()
            running.add_worker()
            with PersistentVisitor(running, url) as visitor:
                ids: list[str] = []
                next_kill = time.monotonic() + 5
                while True:
                    if len(ids) < N_JOBS:
                        ids.append(visitor.send_somewhere(sound))
                    if time.monotonic() > next_kill:
                        kills[kill_something(running, server, chance)] += 1
                        next_kill = time.monotonic() + chance.uniform(*KILL_EVERY_S)
                    jobs = _visible(visitor)
                    if len(ids) == N_JOBS and jobs and all(job.status.ended for job in jobs):
                        break
                    assert time.monotonic() - began < 1500, Counter(job.status.value for job in jobs)
                    time.sleep(0.05)
                took_s = time.monotonic() - began
                status = Counter(job.status.value for job in jobs)
                twice = {job: n for job, n in stages_ended(tmp_path, "summarize").items() if n > 1}
                print(
                    f"{len(ids)} accepted, {len(jobs)} rows, {dict(status)} in {took_s:.0f} s beside"
                    f" {sum(kills.values())} kills {dict(kills)}; most attempts"
                    f" {max(job.attempt for job in jobs)}; last stage done twice: {len(twice)}"
                )
                assert {job.id for job in jobs} >= set(ids), "none is lost"
                assert status.keys() == {"done"}, [str(job.error) for job in jobs if job.error]
                documents = [
                    visitor.download(job_id, "minutes.docx") for job_id in ids[:: max(1, N_JOBS // 20)]
                ]
                assert {answer.status_code for answer in documents} == {200}
    finally:
        bucket.stop()


def _visible(visitor: Visitor) -> list[Job]:
    try:
        return visitor.store.visible()
    except Exception:
        return []  # the database restarts


def test_a_second_worker_doubles_the_throughput_and_dispatch_costs_little(
    tmp_path: Path, server: Postgres, sound: Path
) -> None:
    stages_last(tmp_path, 0.3)
    url = server.create("throughput")
    with cluster(tmp_path, database_url=url) as running:
        running.add_web()
        with PersistentVisitor(running, url) as visitor:
            paces = []
            for n_workers in (1, 2):
                running.add_worker()
                ended(visitor.store, [visitor.send(sound) for _ in range(2 * n_workers)])  # all are there
                time.sleep(2)
                ids = [visitor.send(sound) for _ in range(N_EACH * n_workers)]
                jobs = ended(visitor.store, ids, 300)
                ends = sorted(job.finished_at for job in jobs if job.finished_at)
                paces.append((len(ends) - n_workers) / (ends[-1] - ends[n_workers - 1]).total_seconds())
                if n_workers == 1:
                    gaps = _gaps_ms(tmp_path, ids)
            print(f"{paces[0]:.2f} and {paces[1]:.2f} jobs a second: {paces[1] / paces[0]:.2f}x")
            print(f"from one job's end to the next one's begin: {statistics.median(gaps):.1f} ms")
            assert paces[1] >= 1.9 * paces[0]
            assert statistics.median(gaps) < 30


def _gaps_ms(folder: Path, ids: list[str]) -> list[float]:
    """Return the time between the last stage of a job and the first of the next, on one worker."""
    events = [line.split() for line in (folder / "stages.log").read_text("utf-8").splitlines()]
    mine = [(float(at), what, stage) for what, stage, job_id, at, _ in events if job_id in ids]
    mine.sort()
    pairs = itertools.pairwise(mine)
    return [
        1000 * (after - before)
        for (before, what, stage), (after, then, _) in pairs
        if what == "end" and stage == "summarize" and then == "begin"
    ]


def test_a_job_is_cancelled_from_another_machine_within_two_seconds(
    tmp_path: Path, server: Postgres, sound: Path
) -> None:
    stages_last(tmp_path, 60)
    url = server.create("cancels")
    with cluster(tmp_path, database_url=url) as running:
        running.add_web()
        running.add_worker()
        taken = []
        with PersistentVisitor(running, url) as visitor:
            for _ in range(5):
                job_id = visitor.send(sound)
                visitor.wait_for(job_id, "extract")
                visitor.browser.post(
                    f"{visitor.server.url}/jobs/{job_id}/cancel",
                    data={"csrf_token": visitor._token},
                    timeout=30,
                )
                began = time.monotonic()
                assert visitor.wait_for(job_id, "cancelled").status is JobStatus.CANCELLED
                taken.append(time.monotonic() - began)
        print(f"cancelled after at most {max(taken):.2f} s")
        assert max(taken) < 2
