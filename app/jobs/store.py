"""JobStore: what visitors and the schedule ask of the jobs' rows, and change in them.

The row is the truth, so each change is one conditional UPDATE, or a transaction that begins with one:
whoever loses a race changes nothing and sees it in the answer. Nothing is read first and written later.
"""

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, case, false, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Config
from app.jobs.database import check_writable, connect, migrate, one_statement
from app.jobs.job import Job, JobPriority, JobStatus
from app.jobs.queue_order import delayed, due, next_round, queue_order
from app.jobs.queues import QUEUES
from app.jobs.retention import Retention
from app.jobs.tables import NO_STAGE, JobRow, QueueCounterRow, changed

Jobs = list[Job]  # inside JobStore `list` is a method
Ids = list[str]
ACTIVE = (JobStatus.QUEUED, JobStatus.RUNNING)
QUEUED = JobRow.status == JobStatus.QUEUED
ENDED = tuple(status for status in JobStatus if status.ended)
_ID = re.compile(r"[0-9a-f]{32}")
MOST_LOOKED_AT = 100  # of the jobs that wait, for a forecast: those behind them are counted


class JobStore:
    """The jobs of one database. Thread-safe; opens nothing before the first call.

    begin: a transaction; begin_one: one of a single statement, which costs a server two exchanges less.
    """

    def __init__(self, config: Config) -> None:
        self.engine = connect(config.database)
        self.begin = sessionmaker(self.engine, expire_on_commit=False).begin
        self.begin_one = sessionmaker(one_statement(self.engine), expire_on_commit=False).begin
        self.retention = Retention(timedelta(seconds=config.retention_s))

    def migrate(self) -> None:
        """Bring the database to the present schema; one short read where it is there already."""
        migrate(self.engine)

    def check_writable(self) -> None:
        """Raise OperationalError, soon, where a job could not be added."""
        check_writable(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    def job(self, row: JobRow) -> Job:
        return row.to_job(self.retention)

    # What visitors ask and want

    def get(self, owner: str, job_id: str) -> Job | None:
        with self.begin() as session:
            row = session.scalar(select(JobRow).where(owned(owner, job_id)))
            return self.job(row) if row else None

    def list(self, owner: str) -> Jobs:
        """Return the owner's jobs, newest first."""
        mine = select(JobRow).where(JobRow.owner == owner, ~JobRow.deleting)
        with self.begin() as session:
            rows = session.scalars(mine.order_by(JobRow.created_at.desc(), JobRow.queue_number.desc()))
            return [self.job(row) for row in rows]

    def add(self, job: Job, max_active: int) -> Job | None:
        """Put a job at the end of the queue. None: the queue is full, also when many come at once."""
        with self.begin() as session:
            number = _next_number(session, max_active)
            if number is None:
                return None
            row = JobRow(
                id=job.id,
                owner=job.owner,
                name=storable(job.name),
                size_bytes=job.size_bytes,
                language=job.language,
                speakers=job.speakers,
                terms=storable(job.terms),
                model=job.model,
                form=job.form,
                stages=[*job.stages],
                status=JobStatus.QUEUED,
                created_at=job.created_at,
                duration_s=job.duration_s,
                queue_number=number,
                priority=job.priority,
                round_number=next_round(session, job.owner, job.priority),
                queue=job.queue,
                request_id=job.request_id,
                traceparent=job.traceparent,
                callback_url=job.callback_url,
                clean_request=asdict(job.clean_request) if job.clean_request else None,
            )
            session.add(row)
            session.flush()
            return self.job(row)

    def requeue(
        self,
        owner: str,
        job_id: str,
        max_active: int,
        statuses: Sequence[JobStatus] = (JobStatus.FAILED, JobStatus.CANCELLED),
    ) -> Job | None:
        """Put a job of certain statuses at the end of the queue. None: the queue is full.

        Raises LookupError where the job is in another state or not there.
        """
        retriable = JobRow.status.in_(statuses)
        with self.begin() as session:
            number = _next_number(session, max_active)
            if number is None:
                return None
            kind = session.scalar(select(JobRow.priority).where(owned(owner, job_id)))
            priority = JobPriority(kind or 0)
            again = (
                update(JobRow)
                .where(owned(owner, job_id), retriable)
                .values(
                    status=JobStatus.QUEUED,
                    queue_number=number,
                    round_number=next_round(session, owner, priority),
                    attempt=0,
                    attempts_without_progress=0,
                    cancel_requested=False,
                    error=None,
                    copy_state=None,
                    waiting_since=None,
                    waits_until=None,
                )
                .values(started_at=None, finished_at=None, **NO_STAGE)
            )
            row = changed(session, again)
            if row is None:
                raise LookupError(job_id)
            return self.job(row)

    def cancel(self, owner: str, job_id: str) -> Job | None:
        """Cancel a queued job; ask a running one to stop. None: it is neither."""
        with self.begin() as session:
            row = changed(session, stopped().where(owned(owner, job_id)))
            return self.job(row) if row else None

    def hide(self, owner: str, job_id: str) -> Job | None:
        """Cancel a job and mark it to be deleted. None: it is not there, or was marked before."""
        with self.begin() as session:
            marked = changed(session, update(JobRow).where(owned(owner, job_id)).values(deleting=True))
            if marked is None:
                return None
            return self.job(changed(session, stopped().where(JobRow.id == job_id)) or marked)

    # The schedule

    def active(self, most: int = MOST_LOOKED_AT) -> Jobs:
        """Return the running jobs, then the first `most` that wait, in the order in which they will start."""
        running = select(JobRow).where(JobRow.status == JobStatus.RUNNING).order_by(JobRow.started_at)
        waiting = select(JobRow).where(QUEUED, due(datetime.now(UTC)))
        waiting = waiting.order_by(*queue_order()).limit(most)
        with self.begin() as session:
            return [self.job(row) for query in (running, waiting) for row in session.scalars(query)]

    def positions(self, jobs: Sequence[Job]) -> dict[str, int]:
        """Return the places, from 1, of those of the jobs that wait, each among what its workers will do.

        What stands between two of them is counted once, so all together cost no more than the last.
        """
        found: dict[str, int] = {}
        by_id = JobRow.id.in_([job.id for job in jobs])  # alone: beside others SQLite takes another index
        mine = select(JobRow.queue, JobRow.place, JobRow.id, JobRow.status).where(by_id)
        paused = select(JobRow.queue, JobRow.place).where(QUEUED, delayed(datetime.now(UTC)))
        with self.begin() as session:
            left_out = sorted((queue, place) for queue, place in session.execute(paused))
            counted = dict.fromkeys(QUEUES, (0, 0))  # up to which place, and how many stand before it
            rows = session.execute(mine).all()
            for queue, place, job_id, status in sorted(rows, key=lambda row: row[:2]):
                if status == JobStatus.QUEUED and (queue, place) not in left_out:
                    since, n = counted[queue]
                    between = JobRow.queue == queue, QUEUED, JobRow.place >= since, JobRow.place < place
                    n += session.scalars(select(func.count()).where(*between)).one()
                    counted[queue] = place, n
                    paused_before = bisect(left_out, (queue, place)) - bisect(left_out, (queue, -1))
                    found[job_id] = n - paused_before + 1
        return found

    def n_waiting(self) -> int:
        """Return how many jobs wait and might start."""
        waiting = select(func.count()).where(QUEUED)
        with self.begin() as session:
            paused = session.scalars(waiting.where(delayed(datetime.now(UTC)))).one()
            return session.scalars(waiting).one() - paused

    def visible(self) -> Jobs:
        """Return the jobs of all owners."""
        with self.begin() as session:
            return [self.job(row) for row in session.scalars(select(JobRow).where(~JobRow.deleting))]

    def counts(self) -> dict[JobStatus, int]:
        with self.begin() as session:
            rows = session.execute(select(JobRow.status, func.count()).group_by(JobRow.status))
            return dict.fromkeys(JobStatus, 0) | {JobStatus(status): n for status, n in rows}

    def fingerprint(self) -> tuple[object, ...]:
        """Return what differs once another process has changed anything that visitors see."""
        parts = (func.count(), func.max(JobRow.queue_number), func.count(JobRow.lease))
        times = (func.max(JobRow.stage_started_at), func.max(JobRow.finished_at), func.sum(JobRow.progress))
        with self.begin() as session:
            return tuple(session.execute(select(*parts, *times)).one())


def owned(owner: str, job_id: str) -> ColumnElement[bool]:
    """Return the condition of an owner's job that he has not deleted."""
    if not _ID.fullmatch(job_id):  # from an address line; PostgreSQL refuses some characters with an error
        return false()
    return and_(JobRow.id == job_id, JobRow.owner == owner, ~JobRow.deleting)


def stopped() -> Update:
    """Cancel at once what is queued, ask what is running."""
    return (
        update(JobRow)
        .where(JobRow.status.in_(ACTIVE))
        .values(
            cancel_requested=True,
            status=case((QUEUED, JobStatus.CANCELLED.value), else_=JobRow.status),
            finished_at=case((QUEUED, datetime.now(UTC)), else_=JobRow.finished_at),
        )
    )


def _next_number(session: Session, max_active: int) -> int | None:
    """Draw the next queue number, one caller at a time over all processes. None: the queue is full."""
    step = update(QueueCounterRow).values(last_number=QueueCounterRow.last_number + 1)
    number = session.scalars(step.returning(QueueCounterRow.last_number)).one()
    active = session.scalars(select(func.count()).where(JobRow.status.in_(ACTIVE))).one()
    return number if active < max_active else None


def storable(name: str) -> str:
    """Return a name that every database can keep: no NUL, no lone surrogates."""
    return name.encode("utf-8", "replace").decode().replace("\0", "")
