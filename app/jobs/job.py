"""Job: the record of one recording in the queue, as JobService hands it to all who ask."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.pipeline.recording import CleanRequest


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)


class JobPriority(IntEnum):
    """Who waits for a job: a person, or a program that has sent many. The lower number goes first."""

    INTERACTIVE = 0
    BATCH = 1


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed: a gettext template and its values, so that each visitor reads it in his language."""

    message: str
    params: dict[str, str | int | float] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


@dataclass(frozen=True, slots=True)
class Job:
    """One recording in the queue. Times are timezone-aware UTC.

    speakers: how many there are, terms: names and terms to expect, both as the visitor said; model: that
    hears it, form: of its minutes, as he chose; stages: what it goes through, in order; stage: the one that
    runs now; progress: 0..1 within it; progressed_at: when that last moved; attempt: how often a worker
    took it; engines: stage -> name of the engine that did it, for each finished stage; callback_url: who
    wants to hear of its end; clean_request: what the cleaning service was asked to do; copy_pending: its
    files are on their way to S3; round_number: how many of its owner's jobs go before it, beside those of
    others; queue: what a worker must be able to do for its next stage; request_id, traceparent: of the
    request that sent it; kept: it does not expire; spoken: the language that was heard.
    """

    id: str
    owner: str
    name: str
    size_bytes: int
    language: str
    stages: tuple[str, ...]
    status: JobStatus
    created_at: datetime
    stage: str | None = None
    stage_started_at: datetime | None = None
    progress: float = 0.0
    progressed_at: datetime | None = None
    attempt: int = 0
    duration_s: float | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    cancel_requested: bool = False
    error: JobError | None = None
    engines: dict[str, str] = field(default_factory=dict)
    callback_url: str | None = None
    clean_request: "CleanRequest | None" = None
    copy_pending: bool = False
    next_try_at: datetime | None = None
    speakers: str = "auto"
    terms: str = ""
    model: str = "auto"
    form: str = "minutes"
    priority: JobPriority = JobPriority.INTERACTIVE
    round_number: int = 0
    queue: str = "cpu"
    request_id: str | None = None
    traceparent: str | None = None
    kept: bool = False
    spoken: str | None = None
