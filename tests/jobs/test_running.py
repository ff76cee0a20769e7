"""RunningJobs: no job is ever in two workers' hands, whoever else looks for jobs to take back."""

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert, update

from app.config import Config
from app.jobs.change_feed import ChangeFeed
from app.jobs.instance_lock import InstanceLock
from app.jobs.job import Job, JobStatus
from app.jobs.leases import Leases
from app.jobs.running import RunningJob, RunningJobs
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from tests.jobs.test_store import accept, new, on_both_databases
from tests.long import LONG

pytestmark = pytest.mark.slow

N_CLAIMS = 10_000 if LONG else 250


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


def test_a_job_over_which_the_program_died_again_waits_until_this_process_has_lived_for_its_pause(
    config: Config, store: JobStore, leases: Leases, lock: InstanceLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("app.jobs.running.time.monotonic", lambda: now)
    suspect, other = accept(store), accept(store)
    with store.begin() as session:
        dead = update(JobRow).where(JobRow.id == suspect.id)
        session.execute(dead.values(attempts_without_progress=2))
    jobs = RunningJobs(config, leases, ChangeFeed(), lock)
    jobs.take_back()
    now += 9.0
    taken = jobs.take()
    assert taken is not None
    assert taken[1].id == other.id, "others do not wait for it"
    leases.finish(taken[0].lease, JobStatus.DONE)
    assert jobs.take() is None
    now += 2.0
    taken = jobs.take()
    assert taken is not None
    assert taken[1].id == suspect.id


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
