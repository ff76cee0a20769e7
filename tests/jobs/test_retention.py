"""Retention: the rule in SQL is the rule in Python."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.jobs.leases import Leases
from app.jobs.retention import UNCLAIMED, Retention, unclaimed_before, unclaimed_until
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from tests.jobs.test_store import end, on_both_databases

SECOND = timedelta(seconds=1)


def test_what_has_not_ended_does_not_expire() -> None:
    assert Retention(timedelta(hours=24)).expires_at(None) is None


@on_both_databases
@pytest.mark.parametrize("kept_for", [timedelta(seconds=5), timedelta(days=3)], ids=str)
def test_the_database_agrees_with_what_people_are_told(
    store: JobStore, leases: Leases, kept_for: timedelta
) -> None:
    retention = Retention(kept_for)
    at = retention.expires_at(end(store, leases).finished_at)
    assert at is not None
    for now, over in ((at - SECOND, False), (at, True), (at + SECOND, True)):
        with store.begin() as session:
            found = session.scalars(
                select(JobRow.id).where(retention.expired(JobRow.finished_at, JobRow.released_at, now))
            ).all()
        assert bool(found) == over


def test_a_file_that_belongs_to_nothing_goes_when_its_page_says_so() -> None:
    written = datetime(2026, 11, 29, 12, tzinfo=UTC)
    gone = unclaimed_until(written)
    assert gone - written == UNCLAIMED
    assert not written.timestamp() < unclaimed_before(gone)
    assert written.timestamp() < unclaimed_before(gone + SECOND)
