"""Worker: takes the next job, runs its stages, and survives whatever they throw."""

import errno
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from billiard.exceptions import SoftTimeLimitExceeded
from structlog.contextvars import bound_contextvars

from app import tracing
from app.documents.diarization import Diarization
from app.engines.registry import Engines
from app.errors import N_, AppError, JobCancelled, StorageUnavailable
from app.jobs.change_feed import ChangeFeed
from app.jobs.database import DATABASE_AWAY
from app.jobs.folders import Folders
from app.jobs.janitor import Janitor
from app.jobs.job import Job, JobError, JobStatus
from app.jobs.job_files import JobFiles
from app.jobs.leases import Leases, StageEnd
from app.jobs.queues import queue_of
from app.jobs.running import RunningJob, RunningJobs, Stop
from app.jobs.speeds import Speeds
from app.jobs.stage_log import StageLog
from app.jobs.voices import Voices
from app.pipeline import INFOS, Stage, run

logger = logging.getLogger(__name__)

NO_MEMORY = N_(
    "There was not enough memory for this recording. Try again when less is running, "
    "or choose a smaller model."
)
DISK_FULL = N_("The disk is full. Delete results that you no longer need, then try again.")
STORAGE_AWAY = N_("The storage does not answer. The work goes on by itself when it does.")
TOO_LONG = N_(
    "The work on this recording took longer than one job may. Send it in shorter parts, "
    "or ask the administrator for more time (KONSPEKT_JOB_TIME_LIMIT_S)."
)
OUR_FAULT = N_(
    "Something broke on our side; the recording is not to blame. Try again; "
    "if it happens again, give the administrator this number: %(incident)s."
)


@dataclass(frozen=True, slots=True)
class Worker:
    """Does one job at a time, in as many threads as there are to call it."""

    running: RunningJobs
    leases: Leases
    speeds: Speeds
    folders: Folders
    files: JobFiles
    changes: ChangeFeed
    engines: Engines
    stages: Mapping[str, Stage]
    janitor: Janitor
    voices: Voices
    gpu_stages: frozenset[str] = frozenset()
    announce: Callable[[Job], None] = lambda job: None

    @property
    def device(self) -> str:
        """Say what its engines compute on: cpu or cuda, "auto" before one is loaded."""
        return self.engines.device.kind

    def run_once(self, queue: str | None = None) -> bool:
        """Work on the next job, or on what this queue's workers do of it. False: none waits."""
        taken = self.running.take(queue)
        if taken is None:
            return False
        running, job = taken
        try:
            with (
                bound_contextvars(job_id=job.id, request_id=job.request_id),
                tracing.span("job", parent=job.traceparent, kind=tracing.SpanKind.CONSUMER),
            ):
                tracing.mark(job_id=job.id, request_id=job.request_id, attempt=job.attempt)
                if job.attempt == 1:
                    tracing.waited("queue", job.created_at)
                logger.info("job %s is worked on, attempt %s", job.id, job.attempt)
                self._work(running, job, queue)
        finally:
            self.running.close(running)
            self.files.end_work(job.id)
        return True

    def _work(self, running: RunningJob, job: Job, queue: str | None) -> None:
        log = StageLog(running, job, self.leases, self.changes, self.files)
        try:
            self.files.load_all(job, running.go_on)
            stages = self._stages_of(job, queue)
            kept = partial(self._keep_part, running, job.id)
            known = self.voices.known(job.owner) if "diarize" in stages else ()
            recording = replace(self.folders.recording(job), kept=kept, known_voices=known)
            worked_on = run(stages, recording, self.engines, running.report, self.stages, log)
            told = worked_on.diarization
            if isinstance(told, Diarization) and told.recognized:
                self.voices.used(job.owner, set(told.recognized.values()), datetime.now(UTC))
        except DATABASE_AWAY as error:
            # Not the job's fault. `close` lets go of it, and once the database is back, `take_back` finds it.
            logger.warning("job %s waits for the database: %s", job.id, error)
        except BaseException as error:  # noqa: BLE001  a worker outlives its jobs, a library's SystemExit too
            if running.stop or isinstance(error, JobCancelled):  # what is stopped may break in any way
                self._stopped(running)
            elif not (isinstance(error, StorageUnavailable) and self._postponed(running, job, error)):
                tracing.failed(error)
                self._finish(running, JobStatus.FAILED, _reason(error, job), log.last)
        else:
            if stages == job.stages:
                self._finish(running, JobStatus.DONE, last=log.last)
            else:
                self._hand_on(running, job.stages[len(stages)])
        # Only now: while a job runs, its forecast rests on one measure
        self.speeds.measure(*(replace(one, device=self.device) for one in log.measured))

    def _keep_part(self, running: RunningJob, job_id: str) -> None:
        self.leases.keep_part(running.lease)
        self.files.save_parts(job_id)

    def _stages_of(self, job: Job, queue: str | None) -> tuple[str, ...]:
        """Return the stages up to the first that another queue's workers still have to do."""
        for n, stage in enumerate(job.stages):
            there = self.folders.result(job.id) / INFOS[stage].artifact.file if stage in INFOS else None
            if queue not in (None, queue_of(stage, self.gpu_stages)) and not (there and there.exists()):
                return job.stages[:n]
        return job.stages

    def _hand_on(self, running: RunningJob, stage: str) -> None:
        job = self.leases.hand_on(running.lease, queue_of(stage, self.gpu_stages))
        if job is None:
            self._finish(running, JobStatus.CANCELLED)
            return
        self.changes.note()
        self.announce(job)

    def _postponed(self, running: RunningJob, job: Job, error: StorageUnavailable) -> bool:
        """Put off a job whose storage is away; what it has finished is kept here."""
        if not self.leases.postpone(running.lease, JobError(STORAGE_AWAY)):
            return False
        logger.warning("job %s waits for the storage: %s", job.id, error.__cause__ or error)
        self.changes.note()
        return True

    def _stopped(self, running: RunningJob) -> None:
        if running.stop is Stop.STOPPING:
            self.leases.release(running.lease)
            self.changes.note()
        elif running.stop is not Stop.LOST:
            if running.job:
                self.folders.drop_parts(running.job.id)
                self.files.discard_parts(running.job.id)
            self._finish(running, JobStatus.CANCELLED)

    def _finish(
        self,
        running: RunningJob,
        status: JobStatus,
        error: JobError | None = None,
        last: StageEnd | None = None,
    ) -> None:
        tracing.mark(job_status=status.value)
        finished = self.leases.finish(running.lease, status, error, last)
        self.changes.note()
        if finished and finished.deleting:
            self.janitor.remove(finished.job.id)


def _reason(error: BaseException, job: Job) -> JobError:
    """Say in the user's words why a job failed; our bugs go to the log under a number."""
    if isinstance(error, SoftTimeLimitExceeded):
        return JobError(TOO_LONG)
    if isinstance(error, AppError):
        logger.info("job %s failed: %s", job.id, error)
        return JobError(error.message, error.params)
    incident = uuid.uuid4().hex[:8]
    logger.error("incident %s: job %s broke", incident, job.id, exc_info=error)
    if isinstance(error, MemoryError):
        return JobError(NO_MEMORY)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return JobError(DISK_FULL)
    return JobError(OUR_FAULT, {"incident": incident})
