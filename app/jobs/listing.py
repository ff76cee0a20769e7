"""Listing: the jobs of an owner, page by page, for programs that may have thousands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from app.jobs.job import Job, JobStatus
from app.jobs.store import JobStore
from app.jobs.tables import JobRow


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: after this job."""

    created_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Jobs, newest first. more: where the next page begins; None: this is the last."""

    jobs: tuple[Job, ...]
    more: Place | None


class Listing:
    """Reads pages. What is added meanwhile moves nothing on a later page."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def page(
        self, owner: str, limit: int, statuses: Collection[JobStatus] = (), after: Place | None = None
    ) -> Page:
        """Return at most `limit` jobs behind a place, of these statuses; none of them: of all."""
        wanted = select(JobRow).where(JobRow.owner == owner, ~JobRow.deleting)
        if statuses:
            wanted = wanted.where(JobRow.status.in_(statuses))
        if after:
            same_time = and_(JobRow.created_at == after.created_at, JobRow.id < after.id)
            wanted = wanted.where(or_(JobRow.created_at < after.created_at, same_time))
        newest = wanted.order_by(JobRow.created_at.desc(), JobRow.id.desc()).limit(limit + 1)
        with self._store.begin() as session:
            found = [self._store.job(row) for row in session.scalars(newest)]
        jobs = tuple(found[:limit])
        return Page(jobs, Place(jobs[-1].created_at, jobs[-1].id) if len(found) > limit else None)
