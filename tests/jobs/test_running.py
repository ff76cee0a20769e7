"""RunningJobs: no job is ever in two workers' hands, whoever else looks for jobs to take back."""

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert

from app.config import Config
from app.jobs.change_feed import ChangeFeed
from app.jobs.instance_lock import InstanceLock
from app.jobs.job import Job, JobStatus
from app.jobs.leases import Leases
from app.jobs.running import RunningJob, RunningJobs
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from tests.jobs.test_store import accept, new, on_both_databases

N_CLAIMS = 500


class ClaimedInBetween(Leases):
    """Leases of which one is taken just when `take_back` has been told which are held."""

    jobs: RunningJobs
    taken: tuple[RunningJob, Job] | None = None

    def take_back(self, node: str, held: Any, now: datetime) -> int:
        self.taken = self.jobs.take()
        return super().take_back(node, held, now)


@pytest.fixture
def lock(config: Config) -> InstanceLock:
    lock = InstanceLock(config.data_dir)
    assert lock.take()
    return lock


@on_both_databases
def test_what_is_claimed_while_others_are_taken_back_stays_its_workers(
    config: Config, store: JobStore, lock: InstanceLock
) -> None:
    leases = ClaimedInBetween(config, store)
    leases.jobs = jobs = RunningJobs(config, leases, ChangeFeed(), lock)
    accept(store)
    assert jobs.take_back() == 0
    assert leases.taken is not None
    assert leases.wanted([leases.taken[0].lease]), "it runs where it was claimed"
    assert jobs.take() is None, "and nowhere else"


@on_both_databases
def test_of_many_claims_beside_the_taking_back_none_is_doubled(
    config: Config, store: JobStore, leases: Leases, lock: InstanceLock
) -> None:
    jobs = RunningJobs(config, leases, ChangeFeed(), lock)
    fill(store, N_CLAIMS)
    over = threading.Event()

    def look() -> int:
        n = 0
        while not over.is_set():
            n += jobs.take_back()
        return n

    def work(_: int) -> Collection[str]:
        done = []
        while taken := jobs.take():
            running, job = taken
            if leases.finish(running.lease, JobStatus.DONE):
                done.append(job.id)
            jobs.close(running)
        return done

    with ThreadPoolExecutor(5) as pool:
        looks = [pool.submit(look) for _ in range(2)]
        try:
            done = [job_id for ids in pool.map(work, range(3)) for job_id in ids]
        finally:
            over.set()
    assert [each.result() for each in looks] == [0, 0], "all claims were ours"
    assert len(done) == len(set(done)) == N_CLAIMS


def fill(store: JobStore, n: int) -> None:
    """Queue many jobs in one transaction."""
    rows = []
    for number in range(n):
        job = new()
        row = {name: getattr(job, name) for name in ("id", "owner", "name", "size_bytes", "language")}
        rows.append({**row, "stages": ["extract"], "status": JobStatus.QUEUED, "queue_number": number})
        rows[-1]["created_at"] = job.created_at
    with store.begin() as session:
        session.execute(insert(JobRow), rows)
