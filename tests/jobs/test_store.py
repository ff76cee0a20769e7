"""JobStore: admission, visibility, the schedule, expiry."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

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
    assert again == first
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
def test_a_hidden_job_is_seen_by_nobody_and_forgotten_when_it_stands_still(
    store: JobStore, leases: Leases
) -> None:
    job = accept(store)
    leases.claim("here", "a lease")
    hidden = store.hide("anna", job.id)
    assert hidden is not None
    assert hidden.cancel_requested
    assert store.get("anna", job.id) is None
    assert store.list("anna") == []
    assert store.to_delete() == []
    finished = leases.finish("a lease", JobStatus.CANCELLED)
    assert finished is not None
    assert finished.deleting
    assert store.to_delete() == [job.id]
    store.forget(job.id)
    assert store.known([job.id]) == set()


def test_only_a_marked_job_is_forgotten(store: JobStore) -> None:
    job = accept(store)
    store.forget(job.id)
    assert store.known([job.id, uuid.uuid4().hex]) == {job.id}


@on_both_databases
def test_the_schedule_is_what_runs_then_what_waits_by_acceptance(store: JobStore, leases: Leases) -> None:
    jobs = [accept(store) for _ in range(4)]
    leases.claim("here", "a lease")
    assert [job.id for job in store.active()] == [job.id for job in jobs]
    counts = store.counts()
    assert (counts[JobStatus.RUNNING], counts[JobStatus.QUEUED], counts[JobStatus.DONE]) == (1, 3, 0)


@on_both_databases
def test_a_job_expires_when_its_time_is_over_and_not_before(store: JobStore, leases: Leases) -> None:
    job = end(store, leases)
    assert job.expires_at is not None
    assert store.expire(job.expires_at - timedelta(seconds=1)) == 0
    assert store.expire(job.expires_at) == 1
    assert store.get("anna", job.id) is None


def test_a_job_at_work_never_expires(store: JobStore, leases: Leases) -> None:
    accept(store)
    accept(store)
    leases.claim("here", "a lease")
    assert store.expire(datetime.now(UTC) + timedelta(days=400)) == 0


@on_both_databases
def test_an_end_that_a_wrong_clock_put_into_the_future_is_counted_from_now(
    store: JobStore, leases: Leases
) -> None:
    job = end(store, leases)
    now = datetime.now(UTC) - timedelta(days=300)  # the clock was set right: the end was 300 days "from now"
    assert store.expire(now) == 0
    kept = store.get("anna", job.id)
    assert kept is not None
    assert kept.finished_at == now
    assert store.expire(now + timedelta(days=2)) == 1


def test_a_clock_that_jumps_back_a_little_changes_nothing(store: JobStore, leases: Leases) -> None:
    job = end(store, leases)
    assert store.expire(datetime.now(UTC) - timedelta(minutes=30)) == 0
    assert store.get("anna", job.id) == job


def test_a_job_fails_only_in_the_state_in_which_it_was_seen(store: JobStore, leases: Leases) -> None:
    seen = accept(store)
    leases.claim("here", "a lease")
    assert not store.fail(seen, JobError("gone"))
    finished = leases.finish("a lease", JobStatus.DONE)
    assert finished is not None
    assert store.fail(finished.job, JobError("gone"))
    failed = store.get("anna", seen.id)
    assert failed is not None
    assert failed.error == JobError("gone")


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
