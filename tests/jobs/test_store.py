"""JobStore: admission, visibility, the schedule."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.jobs.job import Job, JobError, JobStatus
from app.jobs.leases import Leases
from app.jobs.store import JobStore
from tests.jobs.conftest import DATABASES

on_both_databases = pytest.mark.parametrize("database_url", DATABASES, indirect=True)


def new(owner: str = "anna", name: str = "совещание.mp4") -> Job:
    return Job(
        id=uuid.uuid4().hex,
        owner=owner,
        name=name,
        size_bytes=5 * 2**30,
        language="ru",
        stages=("extract", "transcribe"),
        status=JobStatus.QUEUED,
        created_at=datetime.now(UTC),
        duration_s=12.5,
    )


def accept(store: JobStore, owner: str = "anna") -> Job:
    job = store.add(new(owner), max_active=1000)
    assert job is not None
    return job


def end(store: JobStore, leases: Leases, status: JobStatus = JobStatus.DONE) -> Job:
    """Accept a job and let it end at once. There must be no other in the queue."""
    job = accept(store)
    lease = uuid.uuid4().hex
    taken = leases.claim("here", lease)
    assert taken is not None
    assert taken.id == job.id
    finished = leases.finish(lease, status, JobError("no %(what)s", {"what": "sound"}))
    assert finished is not None
    return finished.job


@on_both_databases
def test_a_job_comes_back_as_it_was_given(store: JobStore) -> None:
    job = new()
    assert store.add(job, max_active=1) == job
    assert store.get("anna", job.id) == job


@on_both_databases
def test_nobody_sees_a_foreign_job(store: JobStore) -> None:
    job = accept(store, "anna")
    assert store.get("boris", job.id) is None
    assert store.list("boris") == []
    assert store.cancel("boris", job.id) is None
    assert store.hide("boris", job.id) is None
    with pytest.raises(LookupError):
        store.requeue("boris", job.id, max_active=10)
    assert store.get("anna", job.id) == job


def test_the_newest_job_stands_first(store: JobStore) -> None:
    jobs = [accept(store) for _ in range(3)]
    assert [job.id for job in store.list("anna")] == [job.id for job in reversed(jobs)]


@on_both_databases
def test_many_who_come_at_once_are_not_let_in_beyond_the_limit(store: JobStore) -> None:
    together = threading.Barrier(20)

    def come(n: int) -> Job | None:
        together.wait()
        return store.add(new(f"visitor {n}"), max_active=7)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(come, range(20)))
    assert sum(answer is not None for answer in answers) == 7
    assert len(store.active()) == 7


@on_both_databases
def test_a_cancelled_job_may_be_queued_again_at_the_end(store: JobStore, leases: Leases) -> None:
    first, second = accept(store), accept(store)
    store.cancel("anna", first.id)
    again = store.requeue("anna", first.id, max_active=2)
    assert again is not None
    assert again == replace(first, round_number=2), "behind those who came before it"
    assert [job.id for job in store.active()] == [second.id, first.id]


def test_a_full_queue_takes_no_job_again(store: JobStore) -> None:
    first = accept(store)
    store.cancel("anna", first.id)
    accept(store)
    assert store.requeue("anna", first.id, max_active=1) is None
    kept = store.get("anna", first.id)
    assert kept is not None
    assert kept.status is JobStatus.CANCELLED


def test_a_job_that_is_done_or_at_work_is_not_queued_again(store: JobStore, leases: Leases) -> None:
    done = end(store, leases)
    running = accept(store)
    leases.claim("here", "a lease")
    for job in (done, running):
        with pytest.raises(LookupError):
            store.requeue("anna", job.id, max_active=10)


@on_both_databases
def test_cancel_ends_what_waits_and_asks_what_runs(store: JobStore, leases: Leases) -> None:
    running, queued = accept(store), accept(store)
    leases.claim("here", "a lease")
    stopped = store.cancel("anna", queued.id)
    asked = store.cancel("anna", running.id)
    assert stopped is not None
    assert asked is not None
    assert (stopped.status, asked.status) == (JobStatus.CANCELLED, JobStatus.RUNNING)
    assert asked.cancel_requested
    assert stopped.expires_at is not None
    assert store.cancel("anna", queued.id) is None


@on_both_databases
def test_the_schedule_is_what_runs_then_what_waits_by_acceptance(store: JobStore, leases: Leases) -> None:
    jobs = [accept(store) for _ in range(4)]
    leases.claim("here", "a lease")
    assert [job.id for job in store.active()] == [job.id for job in jobs]
    counts = store.counts()
    assert (counts[JobStatus.RUNNING], counts[JobStatus.QUEUED], counts[JobStatus.DONE]) == (1, 3, 0)


def test_the_fingerprint_differs_after_every_change_that_is_seen(store: JobStore, leases: Leases) -> None:
    prints = [store.fingerprint()]

    def differs() -> None:
        prints.append(store.fingerprint())
        assert prints[-1] != prints[-2]

    job = accept(store)
    differs()
    leases.claim("here", "a lease")
    differs()
    leases.begin_stage("a lease", "extract")
    differs()
    leases.progress("a lease", "extract", 0.5)
    differs()
    leases.finish("a lease", JobStatus.CANCELLED)
    differs()
    store.requeue("anna", job.id, max_active=1)
    differs()
