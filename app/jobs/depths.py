"""Depths: how much waits in each queue, for /metrics."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from app.jobs.job import JobPriority, JobStatus
from app.jobs.store import JobStore
from app.jobs.tables import JobRow


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits for one kind of worker and of one priority.

    sound_s: seconds of sound in it, as far as its lengths are known; oldest_s: since the oldest was accepted;
    attempts: how often the job was begun that was begun most often.
    """

    queue: str
    priority: JobPriority
    n_jobs: int
    sound_s: float
    oldest_s: float
    attempts: int


def depths(store: JobStore) -> list[Depth]:
    """Return the depth of each queue and priority in which something waits."""
    by = JobRow.queue, JobRow.priority
    found = select(
        *by,
        func.count(),
        func.sum(JobRow.duration_s),
        func.min(JobRow.created_at),
        func.max(JobRow.attempt),
    ).where(JobRow.status == JobStatus.QUEUED)
    now = datetime.now(UTC)
    with store.begin() as session:
        return [
            Depth(queue, JobPriority(priority), n, sound_s or 0.0, (now - oldest).total_seconds(), attempts)
            for queue, priority, n, sound_s, oldest, attempts in session.execute(found.group_by(*by))
        ]
