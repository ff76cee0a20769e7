"""JobStore: every question and every change that concerns the jobs' rows.

The row is the truth, so each change is one conditional UPDATE, or a transaction that begins with one:
whoever loses a race changes nothing and sees it in the answer. Nothing is read first and written later.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Update, and_, case, delete, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Config
from app.errors import N_
from app.jobs.database import connect, migrate
from app.jobs.forecast import DECAY, Speed
from app.jobs.job import Job, JobError, JobStatus
from app.jobs.tables import JobRow, SpeedRow, TurnstileRow

Jobs = list[Job]
Ids = list[str]
ACTIVE = (JobStatus.QUEUED, JobStatus.RUNNING)
ENDED = tuple(status for status in JobStatus if status.ended)
_FREE: dict[str, Any] = {"node": None, "lease": None, "lease_until": None}
_NO_STAGE: dict[str, Any] = {"stage": None, "stage_started_at": None, "progress": 0.0}


@dataclass(frozen=True, slots=True)
class Finished:
    """How a job ended; `deleting`: its owner wants it gone."""

    job: Job
    deleting: bool


class JobStore:
    """The jobs of one database. Thread-safe; opens nothing before the first call."""

    def __init__(self, config: Config) -> None:
        self.engine = connect(config.database)
        self._begin = sessionmaker(self.engine, expire_on_commit=False).begin
        self._retention = timedelta(seconds=config.retention_s)

    def migrate(self) -> None:
        """Bring the database to the present schema; one short read where it is there already."""
        migrate(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    # What visitors ask and want

    def get(self, owner: str, job_id: str) -> Job | None:
        seen = select(JobRow).where(JobRow.id == job_id, JobRow.owner == owner, ~JobRow.deleting)
        with self._begin() as session:
            row = session.scalar(seen)
            return self._job(row) if row else None

    def list(self, owner: str) -> Jobs:
        """Return the owner's jobs, newest first."""
        seen = select(JobRow).where(JobRow.owner == owner, ~JobRow.deleting)
        with self._begin() as session:
            return [self._job(row) for row in session.scalars(seen.order_by(JobRow.created_at.desc()))]

    def add(self, job: Job, max_active: int) -> Job | None:
        """Put a job at the end of the queue. None: the queue is full, also when many come at once."""
        with self._begin() as session:
            place = _enter(session, 1, max_active)
            if place is None:
                return None
            row = JobRow(
                id=job.id,
                owner=job.owner,
                name=job.name,
                size_bytes=job.size_bytes,
                language=job.language,
                stages=[*job.stages],
                status=JobStatus.QUEUED,
                created_at=job.created_at,
                duration_s=job.duration_s,
                place=place,
                engines={},
            )
            session.add(row)
            session.flush()
            return self._job(row)

    def requeue(self, owner: str, job_id: str, max_active: int) -> Job | None:
        """Put a failed or cancelled job at the end of the queue. None: the queue is full.

        Raises LookupError where the job is in another state or not there.
        """
        with self._begin() as session:
            place = _enter(session, 1, max_active)
            if place is None:
                return None
            again = (
                update(JobRow)
                .where(JobRow.id == job_id, JobRow.owner == owner, ~JobRow.deleting)
                .where(JobRow.status.in_((JobStatus.FAILED, JobStatus.CANCELLED)))
                .values(status=JobStatus.QUEUED, place=place, attempt=0, cancel_requested=False, error=None)
                .values(started_at=None, finished_at=None, **_NO_STAGE)
            )
            row = _changed(session, again)
            if row is None:
                raise LookupError(job_id)
            return self._job(row)

    def cancel(self, owner: str, job_id: str) -> Job | None:
        """Cancel a queued job; ask a running one to stop. None: it is neither."""
        with self._begin() as session:
            row = _changed(session, _stop().where(JobRow.id == job_id, JobRow.owner == owner))
            return self._job(row) if row else None

    def hide(self, owner: str, job_id: str) -> Job | None:
        """Cancel a job and mark it to be deleted. None: it is not there, or was marked before."""
        mine = and_(JobRow.id == job_id, JobRow.owner == owner, ~JobRow.deleting)
        with self._begin() as session:
            if _changed(session, update(JobRow).where(mine).values(deleting=True)) is None:
                return None
            _changed(session, _stop(deleting=True).where(JobRow.id == job_id))
            return self._job(session.get_one(JobRow, job_id, populate_existing=True))

    # The schedule

    def active(self) -> Jobs:
        """Return the running jobs, then the queued ones in the order in which they will start."""
        schedule = select(JobRow).where(JobRow.status.in_(ACTIVE))
        with self._begin() as session:
            rows = session.scalars(schedule.order_by(JobRow.status.desc(), JobRow.place))
            return [self._job(row) for row in rows]

    def counts(self) -> dict[JobStatus, int]:
        with self._begin() as session:
            rows = session.execute(select(JobRow.status, func.count()).group_by(JobRow.status))
            return dict.fromkeys(JobStatus, 0) | {JobStatus(s): n for s, n in rows.tuples()}

    def fingerprint(self) -> tuple[object, ...]:
        """Return what differs when another process has changed the queue."""
        total = select(
            func.count(), func.max(JobRow.place), func.count(JobRow.lease), func.count(JobRow.error)
        )
        with self._begin() as session:
            return tuple(session.execute(total).one())

    # What workers do: each change holds only while the lease does

    def claim(self, node: str, lease: str, lease_s: float) -> Job | None:
        """Take the next queued job for the claim named `lease`. None: nothing waits."""
        following = (
            select(JobRow.id)
            .where(JobRow.status == JobStatus.QUEUED)
            .order_by(JobRow.place)
            .limit(1)
            .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer at a time
            .scalar_subquery()
        )
        now = datetime.now(UTC)
        take = (
            update(JobRow)
            .where(JobRow.id == following, JobRow.status == JobStatus.QUEUED)
            .values(status=JobStatus.RUNNING, node=node, lease=lease, **_NO_STAGE)
            .values(lease_until=now + timedelta(seconds=lease_s), attempt=JobRow.attempt + 1)
            .values(started_at=func.coalesce(JobRow.started_at, now))
        )
        with self._begin() as session:
            row = _changed(session, take)
            return self._job(row) if row else None

    def renew(self, lease: str, lease_s: float, stage: str | None, progress: float) -> None:
        """Show how far a job is, and that its worker lives."""
        until = datetime.now(UTC) + timedelta(seconds=lease_s)
        with self._begin() as session:
            _changed(session, _held(lease).values(stage=stage, progress=progress, lease_until=until))

    def begin_stage(self, lease: str, stage: str) -> None:
        now = datetime.now(UTC)
        with self._begin() as session:
            _changed(session, _held(lease).values(stage=stage, stage_started_at=now, progress=0.0))

    def end_stage(self, lease: str, engines: dict[str, str], duration_s: float | None) -> None:
        """Note a finished stage; attempts are counted anew from here."""
        done = _held(lease).values(engines=engines, attempt=1)
        with self._begin() as session:
            _changed(session, done.values(duration_s=func.coalesce(duration_s, JobRow.duration_s)))

    def wanted(self, leases: Collection[str]) -> dict[str, bool]:
        """Tell which of these leases still hold, and whether their job is asked to stop."""
        held = select(JobRow.lease, JobRow.cancel_requested).where(JobRow.lease.in_(leases))
        with self._begin() as session:
            return {str(lease): stop for lease, stop in session.execute(held).tuples()}

    def finish(self, lease: str, status: JobStatus, error: JobError | None = None) -> Finished | None:
        """End a job. None: the lease was lost, the job is another worker's."""
        now = datetime.now(UTC)
        end = _held(lease).values(
            status=status, finished_at=now, error=asdict(error) if error else None, **_FREE
        )
        with self._begin() as session:
            row = _changed(session, end.values(**_NO_STAGE) if status is JobStatus.DONE else end)
            return Finished(self._job(row), row.deleting) if row else None

    def release(self, lease: str) -> None:
        """Give a job back to the head of the queue as if it had not been taken: the program stops."""
        with self._begin() as session:
            back = _held(lease).where(~JobRow.cancel_requested)
            back = back.values(status=JobStatus.QUEUED, attempt=JobRow.attempt - 1, **_FREE, **_NO_STAGE)
            if _changed(session, back) is None:
                now = datetime.now(UTC)
                _changed(session, _held(lease).values(status=JobStatus.CANCELLED, finished_at=now, **_FREE))

    def take_back(self, node: str, mine: Collection[str], now: datetime, max_attempts: int) -> int:
        """Queue again what nobody works on any more; return how many jobs were found so.

        Args:
            node: this data folder's name. Only one process works for it, so its leases that are not `mine`
                belong to a process that has died. Other nodes' leases are dead when they have run out.
            mine: the leases that are held in this process, never taken back, whatever the clock says.
            now: by which a lease of another node has run out.
            max_attempts: jobs that were taken so often without finishing a stage fail.
        """
        dead = and_(
            JobRow.status == JobStatus.RUNNING,
            or_(JobRow.node == node, JobRow.lease_until < now),
            JobRow.lease.not_in(mine),
        )
        error = JobError(GAVE_UP, {"attempts": max_attempts})
        failed = {"status": JobStatus.FAILED, "finished_at": now, "error": asdict(error)}
        with self._begin() as session:
            if session.scalar(select(func.count()).select_from(JobRow).where(dead)) == 0:
                return 0
        outcomes = (
            (JobRow.cancel_requested, {"status": JobStatus.CANCELLED, "finished_at": now}),
            (JobRow.attempt >= max_attempts, failed),
            (dead, {"status": JobStatus.QUEUED, **_NO_STAGE}),
        )
        with self._begin() as session:
            changes = [
                update(JobRow).where(dead, which).values(**values, **_FREE) for which, values in outcomes
            ]
            return sum(len(session.scalars(c.returning(JobRow.id)).all()) for c in changes)

    # What the janitor does

    def expire(self, now: datetime) -> int:
        """Mark what ended long enough ago to be deleted; nobody sees it from here on."""
        ended = and_(JobRow.status.in_(ENDED), ~JobRow.deleting)
        tomorrow = now + timedelta(hours=1)
        with self._begin() as session:
            # An end in the future was written by a clock that was wrong: count from now.
            session.execute(
                update(JobRow).where(ended, JobRow.finished_at > tomorrow).values(finished_at=now)
            )
            old = (
                update(JobRow).where(ended, JobRow.finished_at <= now - self._retention).values(deleting=True)
            )
            return len(session.scalars(old.returning(JobRow.id)).all())

    def to_delete(self) -> Ids:
        """Return the marked jobs that nobody works on."""
        marked = select(JobRow.id).where(JobRow.deleting, JobRow.status.in_(ENDED))
        with self._begin() as session:
            return [*session.scalars(marked)]

    def forget(self, job_id: str) -> None:
        """Remove the row of a marked job whose files are gone."""
        with self._begin() as session:
            session.execute(delete(JobRow).where(JobRow.id == job_id, JobRow.deleting))

    def known(self, ids: Collection[str]) -> set[str]:
        with self._begin() as session:
            return {*session.scalars(select(JobRow.id).where(JobRow.id.in_(ids)))}

    def everything(self) -> Jobs:
        with self._begin() as session:
            return [self._job(row) for row in session.scalars(select(JobRow).where(~JobRow.deleting))]

    def fail(self, job_id: str, status: JobStatus, error: JobError) -> bool:
        """Fail a job that nobody works on, if it is still in that state."""
        now = datetime.now(UTC)
        lost = update(JobRow).where(JobRow.id == job_id, JobRow.status == status)
        lost = lost.values(status=JobStatus.FAILED, error=asdict(error), **_NO_STAGE)
        with self._begin() as session:
            ended = func.coalesce(JobRow.finished_at, now)
            return _changed(session, lost.values(finished_at=ended)) is not None

    # What was measured

    def measure(self, stage: str, engine: str, sound_s: float, work_s: float) -> None:
        """Add one finished stage to what is known of its speed."""
        x, y, now = sound_s, work_s, datetime.now(UTC)
        key = and_(SpeedRow.stage == stage, SpeedRow.engine == engine)
        sums = {"n": 1.0, "x": x, "y": y, "xx": x * x, "xy": x * y}
        decayed: dict[str, Any] = {name: getattr(SpeedRow, name) * DECAY + new for name, new in sums.items()}
        with self._begin() as session:
            known = update(SpeedRow).where(key).values(**decayed, measured_at=now)
            if session.scalar(known.returning(SpeedRow.stage)) is None:
                session.add(SpeedRow(stage=stage, engine=engine, **sums, measured_at=now))

    def speeds(self) -> dict[str, Speed]:
        """Return each stage's speed with the engine that did it last."""
        with self._begin() as session:
            rows = session.scalars(select(SpeedRow).order_by(SpeedRow.measured_at))
            return {row.stage: Speed(row.n, row.x, row.y, row.xx, row.xy) for row in rows}

    def _job(self, row: JobRow) -> Job:
        return row.to_job(self._retention)


GAVE_UP = N_(
    "The program stopped %(attempts)s times while it worked on this recording, so it was given up. "
    "Try again, or send a shorter part of it."
)


def _enter(session: Session, n: int, max_active: int) -> int | None:
    """Pass the turnstile, one at a time over all processes. None: the queue is full."""
    turn = update(TurnstileRow).values(last_place=TurnstileRow.last_place + n)
    place: int = session.scalars(turn.returning(TurnstileRow.last_place)).one()
    active = session.scalar(select(func.count()).select_from(JobRow).where(JobRow.status.in_(ACTIVE)))
    if (active or 0) + n > max_active:
        session.rollback()
        return None
    return place


def _changed(session: Session, change: Update) -> JobRow | None:
    """Run a change of at most one row and return the row as it is now. None: its condition did not hold."""
    answer = change.returning(JobRow).execution_options(synchronize_session=False, populate_existing=True)
    return session.scalars(answer).one_or_none()


def _held(lease: str) -> Update:
    return update(JobRow).where(JobRow.lease == lease, JobRow.status == JobStatus.RUNNING)


def _stop(deleting: bool = False) -> Update:
    """Cancel at once what is queued, ask what is running."""
    queued = JobRow.status == JobStatus.QUEUED
    now = datetime.now(UTC)
    stop = update(JobRow).where(JobRow.status.in_(ACTIVE), JobRow.deleting == deleting)
    return stop.values(
        cancel_requested=True,
        status=case((queued, JobStatus.CANCELLED.value), else_=JobRow.status),
        finished_at=case((queued, now), else_=JobRow.finished_at),
    )
