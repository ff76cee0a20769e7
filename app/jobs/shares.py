"""Shares: links by which others read a recording without an account, until they expire or are taken back."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from app.errors import N_, Conflict, NotFound
from app.jobs.job import Job
from app.jobs.store import JobStore
from app.jobs.tables import JobRow, ShareRow

MAX_OF_A_JOB = 20
NOT_VALID = N_("This link is not valid any more. Ask whoever sent it for a new one.")
TOO_MANY = N_("This recording has as many links as it may have. Take one of them back first.")


@dataclass(frozen=True, slots=True)
class Share:
    """One link. with_sound: the recording can be heard by it too."""

    id: str
    created_at: datetime
    expires_at: datetime
    with_sound: bool


class Shares:
    """The links of all jobs. Whose a job is, the caller has asked `JobService.get`."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def create(self, job: Job, now: datetime, lasts: timedelta, with_sound: bool) -> Share:
        """Raise Conflict where a job has too many."""
        share = Share(uuid.uuid4().hex, now, now + lasts, with_sound)
        with self._store.begin() as session:
            session.execute(delete(ShareRow).where(ShareRow.job_id == job.id, ShareRow.expires_at <= now))
            n = session.scalars(select(func.count()).where(ShareRow.job_id == job.id)).one()
            if n >= MAX_OF_A_JOB:
                raise Conflict(TOO_MANY)
            session.add(
                ShareRow(
                    id=share.id,
                    job_id=job.id,
                    created_at=share.created_at,
                    expires_at=share.expires_at,
                    with_sound=with_sound,
                )
            )
        return share

    def of(self, job: Job, now: datetime) -> list[Share]:
        """Return a job's links that still open it, newest first."""
        open_ones = select(ShareRow).where(ShareRow.job_id == job.id, ShareRow.expires_at > now)
        with self._store.begin() as session:
            return [_share(row) for row in session.scalars(open_ones.order_by(ShareRow.created_at.desc()))]

    def revoke(self, job: Job, share_id: str) -> None:
        """Take a link back. Raises NotFound where the job has no such link."""
        gone = delete(ShareRow).where(ShareRow.id == share_id, ShareRow.job_id == job.id)
        with self._store.begin() as session:
            if session.scalar(gone.returning(ShareRow.id)) is None:
                raise NotFound(NOT_VALID)

    def open(self, share_id: str, now: datetime) -> tuple[Job, Share]:
        """Return what a link leads to. Raises NotFound where it is unknown or over, or the job is gone."""
        found = select(ShareRow, JobRow).join(JobRow, JobRow.id == ShareRow.job_id)
        found = found.where(ShareRow.id == share_id, ShareRow.expires_at > now, ~JobRow.deleting)
        with self._store.begin() as session:
            row = session.execute(found).one_or_none()
            if row is None:
                raise NotFound(NOT_VALID)
            return self._store.job(row[1]), _share(row[0])


def _share(row: ShareRow) -> Share:
    return Share(row.id, row.created_at, row.expires_at, row.with_sound)
