from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.config import Config
from app.errors import Conflict, NotFound
from app.jobs.expiry import Expiry
from app.jobs.job import Job
from app.jobs.shares import MAX_OF_A_JOB, Shares
from app.jobs.store import JobStore
from tests.jobs.test_store import accept

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    store = JobStore(Config(_env_file=None, data_dir=tmp_path))  # type: ignore[call-arg]
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def job(store: JobStore) -> Job:
    return accept(store, "anna")


def test_a_link_opens_its_job_until_it_expires(store: JobStore, job: Job) -> None:
    shares = Shares(store)
    share = shares.create(job, NOW, DAY, with_sound=False)
    assert shares.of(job, NOW) == [share]
    opened, found = shares.open(share.id, NOW + DAY - timedelta(seconds=1))
    assert (opened.id, found) == (job.id, share)
    with pytest.raises(NotFound):
        shares.open(share.id, NOW + DAY)
    assert shares.of(job, NOW + DAY) == []


def test_what_is_taken_back_opens_nothing(store: JobStore, job: Job) -> None:
    shares, other = Shares(store), accept(store, "anna")
    share = shares.create(job, NOW, DAY, with_sound=True)
    with pytest.raises(NotFound):
        shares.revoke(other, share.id)
    shares.revoke(job, share.id)
    for attempt in (lambda: shares.open(share.id, NOW), lambda: shares.revoke(job, share.id)):
        with pytest.raises(NotFound):
            attempt()


def test_a_link_goes_with_its_job(store: JobStore, job: Job) -> None:
    shares = Shares(store)
    share = shares.create(job, NOW, DAY, with_sound=True)
    store.hide("anna", job.id)
    with pytest.raises(NotFound):
        shares.open(share.id, NOW)
    Expiry(store).forget(job.id)
    assert shares.of(job, NOW) == []


def test_a_job_has_so_many_links_and_expired_ones_make_room(store: JobStore, job: Job) -> None:
    shares = Shares(store)
    for _ in range(MAX_OF_A_JOB):
        shares.create(job, NOW, DAY, with_sound=True)
    with pytest.raises(Conflict):
        shares.create(job, NOW, DAY, with_sound=True)
    assert shares.create(job, NOW + DAY, DAY, with_sound=True)
