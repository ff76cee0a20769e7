"""Leases: what workers do to rows. Each change holds only while the worker's lease does."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, case, func, literal, or_, select, update

from app.config import Config
from app.errors import N_
from app.jobs.job import Job, JobError, JobStatus
from app.jobs.queue_order import LONGEST_PAUSE, PAUSES, due, may_start, queue_order, trusted
from app.jobs.store import JobStore
from app.jobs.tables import NO_STAGE, JobRow, changed
from app.jobs.utc_date_time import UtcDateTime

GAVE_UP = N_(
    "The program stopped %(attempts)s times while it worked on this recording, so it was given up. "
    "Try again, or send a shorter part of it."
)
FIRST_PAUSE = timedelta(seconds=1)  # of a job whose storage is away
_FREE: dict[str, Any] = {"node": None, "lease": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class Finished:
    """How a job ended; deleting: its owner wants it gone."""

    job: Job
    deleting: bool


@dataclass(frozen=True, slots=True)
class StageEnd:
    """What a finished stage adds to the row. engines: of all stages so far."""

    engines: dict[str, str]
    duration_s: float | None


class Leases:
    """The rows of jobs that are worked on. A lease is the token of one claim."""

    def __init__(self, config: Config, store: JobStore) -> None:
        self._store = store
        self._max_attempts = config.max_attempts
        self._lease = timedelta(seconds=config.lease_s)
        self._patience = timedelta(seconds=config.storage_patience_s)

    def claim(self, node: str, lease: str, lived_s: float = inf, queue: str | None = None) -> Job | None:
        """Take the next queued job; several may try at once, each job goes to one. None: nothing may start.

        Within a node they try one by one, or a job that is to be tried alone may not be.

        lived_s: for how long this process has worked; queue: takes its jobs only.
        """
        now = datetime.now(UTC)
        of_queue = () if queue is None else (JobRow.queue == queue,)
        following = (
            select(JobRow.id)
            .where(JobRow.status == JobStatus.QUEUED, due(now), trusted(lived_s), *of_queue)
            .order_by(*queue_order())
            .limit(1)
            .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer at a time
            .scalar_subquery()
        )
        take = (
            update(JobRow)
            .where(JobRow.id == following, JobRow.status == JobStatus.QUEUED, may_start(node))
            .values(status=JobStatus.RUNNING, node=node, lease=lease, lease_until=now + self._lease)
            .values(
                attempt=JobRow.attempt + 1,
                attempts_without_progress=JobRow.attempts_without_progress + 1,
            )
            .values(started_at=func.coalesce(JobRow.started_at, now), error=None, **NO_STAGE)
        )
        with self._store.begin_one() as session:
            row = changed(session, take)
            return self._store.job(row) if row else None

    def wanted(self, leases: Collection[str]) -> dict[str, bool]:
        """Tell which of these leases still hold, and whether their job is asked to stop."""
        held = select(JobRow.lease, JobRow.cancel_requested).where(JobRow.lease.in_(leases))
        with self._store.begin_one() as session:
            return {str(lease): stop for lease, stop in session.execute(held)}

    def renew(self, lease: str) -> None:
        """Show that a job's worker lives."""
        self._change(_held(lease).values(lease_until=datetime.now(UTC) + self._lease))

    def progress(self, lease: str, stage: str, progress: float) -> None:
        """Show how far a job is in the stage, if it is still in it, and that its worker lives."""
        now = datetime.now(UTC)
        at_it = _held(lease).where(JobRow.stage == stage)
        self._change(at_it.values(progress=progress, progressed_at=now, lease_until=now + self._lease))

    def begin_stage(self, lease: str, stage: str) -> None:
        now = datetime.now(UTC)
        self._change(_held(lease).values(stage=stage, stage_started_at=now, progressed_at=now, progress=0.0))

    def end_stage(self, lease: str, engines: dict[str, str], duration_s: float | None, worked: bool) -> None:
        """Note a finished stage; `worked`: now, so attempts without progress count anew, from this one."""
        done = _held(lease).values(engines=engines, duration_s=func.coalesce(duration_s, JobRow.duration_s))
        self._change(done.values(attempts_without_progress=1, waiting_since=None) if worked else done)

    def keep_part(self, lease: str) -> None:
        """Note that a part of a stage is safe from a kill, so attempts without progress count anew."""
        self._change(_held(lease).values(attempts_without_progress=1, waiting_since=None))

    def finish(
        self, lease: str, status: JobStatus, error: JobError | None = None, last: StageEnd | None = None
    ) -> Finished | None:
        """End a job, and with it its last stage. None: the lease was lost, the job is another worker's."""
        end = _held(lease).values(status=status, finished_at=datetime.now(UTC), **_FREE)
        if last:
            end = end.values(
                engines=last.engines, duration_s=func.coalesce(last.duration_s, JobRow.duration_s)
            )
        end = end.values(**NO_STAGE) if status is JobStatus.DONE else end
        with self._store.begin_one() as session:
            row = changed(session, end.values(error=asdict(error)) if error else end)
            return Finished(self._store.job(row), row.deleting) if row else None

    def release(self, lease: str) -> None:
        """Give a job back to the head of the queue as if it had not been taken: the program stops."""
        if not self._change(_back(lease)):
            self._change(
                _held(lease).values(status=JobStatus.CANCELLED, finished_at=datetime.now(UTC), **_FREE)
            )

    def hand_on(self, lease: str, queue: str) -> Job | None:
        """Give a job to the workers of another queue, in its old place. None: it is to stop."""
        with self._store.begin_one() as session:
            row = changed(session, _back(lease).values(queue=queue, attempts_without_progress=0))
            return self._store.job(row) if row else None

    def postpone(self, lease: str, reason: JobError) -> bool:
        """Give a job back until a storage is there again, tried after ever longer pauses.

        False: it has waited for as long as it may, it is to be cancelled, or the lease was lost.
        """
        now = datetime.now(UTC)
        patient = or_(JobRow.waiting_since.is_(None), JobRow.waiting_since > now - self._patience)
        wait = _back(lease).where(patient).values(waiting_since=func.coalesce(JobRow.waiting_since, now))
        with self._store.begin() as session:
            row = changed(session, wait.values(error=asdict(reason)))
            if row is None or row.waiting_since is None:
                return False
            waited = now - row.waiting_since  # so the pauses double
            row.waits_until = now + min(max(waited, FIRST_PAUSE), LONGEST_PAUSE)
            row.recorded = None  # its record may have told of it as queued, with no reason to wait
            return True

    def take_back(self, node: str, held: Callable[[], Collection[str]], now: datetime) -> int:
        """Queue again what nobody works on any more; return how many jobs were found so.

        Args:
            node: this data folder's name. Only one process works for it, so its leases that are not `held`
                belong to a process that has died. Other nodes' leases are dead when they have run out.
            held: tells the leases of this process, never taken back, whatever the clock says. Asked after
                the rows were read: a lease is held before a row has it, so none of ours looks dead.
            now: by which a lease of another node has run out.
        """
        lost = and_(
            JobRow.status == JobStatus.RUNNING,
            or_(JobRow.node == node, JobRow.lease_until < now),
        )
        with self._store.begin() as session:  # a look first: a write would keep other writers out
            seen = session.scalars(select(JobRow.lease).where(lost)).all()
        dead_leases = set(seen).difference(held())
        if not dead_leases:
            return 0
        dead = and_(lost, JobRow.lease.in_(dead_leases))
        gave_up = asdict(JobError(GAVE_UP, {"attempts": self._max_attempts}))
        changes = (
            update(JobRow)
            .where(dead, JobRow.cancel_requested)
            .values(status=JobStatus.CANCELLED, finished_at=now, **_FREE),
            update(JobRow)
            .where(dead, JobRow.attempts_without_progress >= self._max_attempts)
            .values(status=JobStatus.FAILED, finished_at=now, error=gave_up, **_FREE),
            update(JobRow)
            .where(dead)
            .values(status=JobStatus.QUEUED, waits_until=_again_at(now), **_FREE, **NO_STAGE),
        )
        with self._store.begin() as session:
            return sum(len(session.scalars(change.returning(JobRow.id)).all()) for change in changes)

    def _change(self, change: Update) -> bool:
        with self._store.begin_one() as session:
            return changed(session, change) is not None


def _again_at(now: datetime) -> ColumnElement[datetime]:
    """Return when a job whose process died is tried again: at once, then after ever longer pauses."""
    attempts = JobRow.attempts_without_progress
    times = ((attempts <= n, literal(now + pause, UtcDateTime())) for n, pause in enumerate(PAUSES, 1))
    return case(*times, else_=literal(now + LONGEST_PAUSE, UtcDateTime()))


def _back(lease: str) -> Update:
    """Queue a job again under its number, as if it had not been taken; not one that is to be cancelled."""
    wanted = _held(lease).where(~JobRow.cancel_requested)
    attempts = JobRow.attempts_without_progress
    back = wanted.values(
        attempt=JobRow.attempt - 1, attempts_without_progress=case((attempts > 0, attempts - 1), else_=0)
    )
    return back.values(status=JobStatus.QUEUED, **_FREE, **NO_STAGE)


def _held(lease: str) -> Update:
    return update(JobRow).where(JobRow.lease == lease, JobRow.status == JobStatus.RUNNING)
