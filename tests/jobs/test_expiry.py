"""Expiry: what has ended goes when its time is over, whatever the clock did; what is at work never does."""

import uuid
from datetime import UTC, datetime, timedelta

from app.jobs.expiry import Expiry
from app.jobs.job import JobError, JobStatus
from app.jobs.leases import Leases
from app.jobs.store import JobStore
from tests.jobs.test_store import accept, end, on_both_databases


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
    assert Expiry(store).to_delete() == []
    finished = leases.finish("a lease", JobStatus.CANCELLED)
    assert finished is not None
    assert finished.deleting
    assert Expiry(store).to_delete() == [job.id]
    Expiry(store).forget(job.id)
    assert Expiry(store).known([job.id]) == set()


def test_only_a_marked_job_is_forgotten(store: JobStore) -> None:
    job = accept(store)
    Expiry(store).forget(job.id)
    assert Expiry(store).known([job.id, uuid.uuid4().hex]) == {job.id}


@on_both_databases
def test_a_job_expires_when_its_time_is_over_and_not_before(store: JobStore, leases: Leases) -> None:
    job = end(store, leases)
    assert job.expires_at is not None
    assert Expiry(store).expire(job.expires_at - timedelta(seconds=1)) == 0
    assert Expiry(store).expire(job.expires_at) == 1
    assert store.get("anna", job.id) is None


def test_a_job_at_work_never_expires(store: JobStore, leases: Leases) -> None:
    accept(store)
    accept(store)
    leases.claim("here", "a lease")
    assert Expiry(store).expire(datetime.now(UTC) + timedelta(days=400)) == 0


@on_both_databases
def test_an_end_that_a_wrong_clock_put_into_the_future_is_counted_from_now(
    store: JobStore, leases: Leases
) -> None:
    job = end(store, leases)
    now = datetime.now(UTC) - timedelta(days=300)  # the clock was set right: the end was 300 days "from now"
    assert Expiry(store).expire(now) == 0
    kept = store.get("anna", job.id)
    assert kept is not None
    assert kept.finished_at == now
    assert Expiry(store).expire(now + timedelta(days=2)) == 1


def test_a_clock_that_jumps_back_a_little_changes_nothing(store: JobStore, leases: Leases) -> None:
    job = end(store, leases)
    assert Expiry(store).expire(datetime.now(UTC) - timedelta(minutes=30)) == 0
    assert store.get("anna", job.id) == job


def test_a_job_fails_only_in_the_state_in_which_it_was_seen(store: JobStore, leases: Leases) -> None:
    seen = accept(store)
    leases.claim("here", "a lease")
    assert not Expiry(store).fail(seen, JobError("gone"))
    finished = leases.finish("a lease", JobStatus.DONE)
    assert finished is not None
    assert Expiry(store).fail(finished.job, JobError("gone"))
    failed = store.get("anna", seen.id)
    assert failed is not None
    assert failed.error == JobError("gone")
