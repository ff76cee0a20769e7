"""The queue's tables, as SQLAlchemy models; those of `integrations` stand there.

They agree with `migrations/`, as a test checks on both databases.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    FetchedValue,
    Index,
    LargeBinary,
    String,
    Text,
    Update,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.jobs.job import Job, JobError, JobPriority, JobStatus
from app.jobs.retention import Retention
from app.jobs.utc_date_time import UtcDateTime
from app.pipeline.recording import CleanRequest


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it from the class
        datetime: UtcDateTime,
        int: BigInteger,
    }


# In `JobRow.place`: 2 bits for the priority, 28 for the round (one job a second fills them in eight years),
# 33 for the number
PLACES_OF_PRIORITY = 2**61
DELAYED = text("waits_until IS NOT NULL")


class JobRow(Base):
    """The truth about a job.

    Args:
        queue_number: counts those that were accepted.
        priority, round_number: come before it in the order of the queue.
        place: these two and queue_number as one number, which databases sort and count several times faster;
            they write it by themselves.
        queue: what a worker must be able to do for its next stage.
        request_id, traceparent: of the request that sent it, for the log and for traces.
        attempts_without_progress: how often its present stage was begun.
        node: which data folder's process works on it.
        lease, lease_until: the token of that one claim, and until when it holds without a sign of life.
        deleting: nobody sees it any more; its files go as soon as nobody works on it.
        clean_request: what the cleaning service was asked to do.
        recorded: the status that was written last into the cleaning service's own table.
        copy_state: null, "pending" or "copied", of its files in S3.
        waiting_since: when its present stage first found a storage away; waits_until: not to be tried before.
        kept: not deleted by itself; released_at: when that ended.
        indexed: what of it can be searched, None: nothing; spoken: the language that was heard, once it is.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_schedule", "status", "place"),
        Index("ix_jobs_queue", "queue", "status", "place"),
        Index("ix_jobs_delayed", "status", "waits_until", sqlite_where=DELAYED, postgresql_where=DELAYED),
        Index("ix_jobs_owner", "owner", "created_at"),
        Index("ix_jobs_owner_rounds", "owner", "priority", "status", "round_number"),
        Index("ix_jobs_lease", "lease"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int]
    language: Mapped[str] = mapped_column(String(16))
    speakers: Mapped[str] = mapped_column(String(8), default="auto", server_default="auto")
    terms: Mapped[str] = mapped_column(Text, default="", server_default="")
    model: Mapped[str] = mapped_column(String(64), default="auto", server_default="auto")
    form: Mapped[str] = mapped_column(String(32), default="minutes", server_default="minutes")
    stages: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(16))
    queue_number: Mapped[int]
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    round_number: Mapped[int] = mapped_column(default=0, server_default="0")
    place: Mapped[int] = mapped_column(server_default=FetchedValue())
    queue: Mapped[str] = mapped_column(String(8), default="cpu", server_default="cpu")
    request_id: Mapped[str | None] = mapped_column(String(32))
    traceparent: Mapped[str | None] = mapped_column(String(55))
    created_at: Mapped[datetime]
    stage: Mapped[str | None] = mapped_column(String(32))
    stage_started_at: Mapped[datetime | None]
    progress: Mapped[float] = mapped_column(default=0.0)
    progressed_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)
    attempts_without_progress: Mapped[int] = mapped_column(default=0, server_default="0")
    duration_s: Mapped[float | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False, server_default=false())
    deleting: Mapped[bool] = mapped_column(default=False, server_default=false())
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    engines: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    node: Mapped[str | None] = mapped_column(String(32))
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    callback_url: Mapped[str | None] = mapped_column(Text)
    clean_request: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    recorded: Mapped[str | None] = mapped_column(String(16))
    copy_state: Mapped[str | None] = mapped_column(String(16))
    waiting_since: Mapped[datetime | None]
    waits_until: Mapped[datetime | None]
    kept: Mapped[bool] = mapped_column(default=False, server_default=false())
    released_at: Mapped[datetime | None]
    indexed: Mapped[str | None] = mapped_column(String(128))
    spoken: Mapped[str | None] = mapped_column(String(16))

    def to_job(self, retention: Retention) -> Job:
        return Job(
            id=self.id,
            owner=self.owner,
            name=self.name,
            size_bytes=self.size_bytes,
            language=self.language,
            speakers=self.speakers,
            terms=self.terms,
            model=self.model,
            form=self.form,
            priority=JobPriority(self.priority),
            round_number=self.round_number,
            queue=self.queue,
            request_id=self.request_id,
            traceparent=self.traceparent,
            stages=tuple(self.stages),
            status=JobStatus(self.status),
            created_at=self.created_at,
            stage=self.stage,
            stage_started_at=self.stage_started_at,
            progress=self.progress,
            progressed_at=self.progressed_at,
            attempt=self.attempt,
            duration_s=self.duration_s,
            started_at=self.started_at,
            finished_at=self.finished_at,
            expires_at=None if self.kept else retention.expires_at(self.finished_at, self.released_at),
            cancel_requested=self.cancel_requested,
            error=JobError(**self.error) if self.error else None,
            engines=self.engines,
            callback_url=self.callback_url,
            clean_request=CleanRequest(**self.clean_request) if self.clean_request else None,
            copy_pending=self.copy_state == "pending",
            next_try_at=self.waits_until if self.waiting_since else None,
            kept=self.kept,
            spoken=self.spoken,
        )


NO_STAGE: dict[str, Any] = {
    "stage": None,
    "stage_started_at": None,
    "progress": 0.0,
    "progressed_at": None,
}


def changed(session: Session, change: Update) -> JobRow | None:
    """Run a change of at most one job and return it as it is now. None: its condition did not hold."""
    answer = change.returning(JobRow).execution_options(synchronize_session=False, populate_existing=True)
    return session.scalars(answer).one_or_none()


class QueueCounterRow(Base):
    """One row. Whoever lets a job into the queue updates it first, so that entries are one at a time."""

    __tablename__ = "queue_counter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int]


class WorkerRow(Base):
    """A process that works on jobs elsewhere; seen_at is renewed while it lives.

    node: as in the rows of its jobs; name: of its machine and process, for people; queues: what it can do;
    device: what it computes on, "auto" before it knows.
    """

    __tablename__ = "workers"

    node: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    queues: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    n_done: Mapped[int] = mapped_column(default=0)
    device: Mapped[str] = mapped_column(String(8), default="auto", server_default="auto")


class VoiceRow(Base):
    """A voice that its owner has named and had remembered. vector: float32 of `model`; it never leaves here.

    n: of how many recordings it is the mean; used_at: when it was remembered or known again last.
    """

    __tablename__ = "voices"
    __table_args__ = (Index("ix_voices_owner_name", "owner", "name", unique=True),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(200))
    model: Mapped[str] = mapped_column(String(64))
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    n: Mapped[int]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]


class ShareRow(Base):
    """A link by which others read a job's results until it expires; who takes it back deletes the row."""

    __tablename__ = "shares"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    job_id: Mapped[str] = mapped_column(String(32), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    with_sound: Mapped[bool]
