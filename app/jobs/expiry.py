"""Expiry: what the janitor does to rows. A job is marked first, then its files go, then its row."""

from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from app.jobs.job import Job, JobError, JobStatus
from app.jobs.library.tables import PassageRow, TagRow
from app.jobs.retention import CLOCK_ERROR
from app.jobs.store import ENDED, JobStore
from app.jobs.tables import NO_STAGE, JobRow, ShareRow, changed


class Expiry:
    """The rows of jobs that are to go, or whose files have gone."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def expire(self, now: datetime) -> int:
        """Mark what ended long enough ago to be deleted; nobody sees it from here on."""
        ended = and_(JobRow.status.in_(ENDED), ~JobRow.deleting)
        wrong_clock = update(JobRow).where(ended, JobRow.finished_at > now + CLOCK_ERROR)
        over = self._store.retention.expired(JobRow.finished_at, JobRow.released_at, now)
        old = update(JobRow).where(ended, ~JobRow.kept, over)
        with self._store.begin() as session:
            session.execute(wrong_clock.values(finished_at=now))
            return len(session.scalars(old.values(deleting=True).returning(JobRow.id)).all())

    def to_delete(self) -> list[str]:
        """Return the marked jobs that nobody works on."""
        with self._store.begin() as session:
            return [*session.scalars(select(JobRow.id).where(JobRow.deleting, JobRow.status.in_(ENDED)))]

    def forget(
        self, job_id: str, also: Callable[[Session, str], None] = lambda session, job_id: None
    ) -> None:
        """Remove the row of a marked job whose files are gone, and what `also` removes, or neither."""
        with self._store.begin() as session:
            also(session, job_id)
            for table in (ShareRow, TagRow, PassageRow):
                session.execute(delete(table).where(table.job_id == job_id))
            session.execute(delete(JobRow).where(JobRow.id == job_id, JobRow.deleting))

    def known(self, ids: Collection[str]) -> set[str]:
        """Return those of `ids` that have a row."""
        with self._store.begin() as session:
            return {*session.scalars(select(JobRow.id).where(JobRow.id.in_(ids)))}

    def fail(self, job: Job, error: JobError) -> bool:
        """Fail a job that nobody works on, if it is still in the state that `job` shows."""
        lost = update(JobRow).where(JobRow.id == job.id, JobRow.status == job.status)
        ended = func.coalesce(JobRow.finished_at, datetime.now(UTC))
        lost = lost.values(status=JobStatus.FAILED, finished_at=ended, error=asdict(error), **NO_STAGE)
        with self._store.begin() as session:
            return changed(session, lost) is not None
