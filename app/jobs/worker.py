"""Worker: takes the next job, runs its stages, and survives whatever they throw."""

import errno
import logging
import queue
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress

from app.engines.registry import Engines
from app.errors import N_, AppError, JobCancelled
from app.jobs.changes import Changes
from app.jobs.claims import Claim, Claims, Stop
from app.jobs.folders import Folders
from app.jobs.job import Job, JobError, JobStatus
from app.jobs.store import Finished, JobStore
from app.pipeline import Stage, artifacts, run

logger = logging.getLogger(__name__)

NO_MEMORY = N_(
    "There was not enough memory for this recording. Try again when less is running, "
    "or choose a smaller model."
)
DISK_FULL = N_("The disk is full. Delete results that you no longer need, then try again.")
OUR_FAULT = N_(
    "Something broke on our side; the recording is not to blame. Try again; "
    "if it happens again, give the administrator this number: %(incident)s."
)


class Worker:
    """One job at a time.

    Args:
        waiting: announces the ids of accepted jobs. It only says that there is something to do: which job
            comes next is for the database to say.
        settled: called with each job that ended here.
    """

    def __init__(
        self,
        store: JobStore,
        claims: Claims,
        folders: Folders,
        changes: Changes,
        engines: Engines,
        stages: Mapping[str, Stage],
        waiting: "queue.Queue[str | None]",
        settled: Callable[[Finished], None],
    ) -> None:
        self._store = store
        self._claims = claims
        self._folders = folders
        self._changes = changes
        self._engines = engines
        self._stages = stages
        self._waiting = waiting
        self._settled = settled

    def run_once(self, wait_s: float = 0.0) -> bool:
        """Work on the next job. False: there was none, and an announcement was awaited for up to `wait_s`."""
        taken = self._claims.take()
        if taken:
            claim, job = taken
            try:
                self._work(claim, job)
            finally:
                self._claims.close(claim)
            return True
        with suppress(queue.Empty):  # then look again all the same: another process cannot announce here
            self._waiting.get(timeout=wait_s) if wait_s else self._waiting.get_nowait()
        return False

    def _work(self, claim: Claim, job: Job) -> None:
        try:
            self._run_stages(claim, job)
        except JobCancelled:
            if claim.stop is Stop.STOPPING:
                self._store.release(claim.lease)
                self._changes.note()
            elif claim.stop is not Stop.LOST:
                self._finish(claim, JobStatus.CANCELLED)
        except BaseException as error:  # noqa: BLE001  a worker outlives its jobs, a library's SystemExit too
            self._finish(claim, JobStatus.FAILED, _reason(error, job))
        else:
            self._finish(claim, JobStatus.DONE)

    def _run_stages(self, claim: Claim, job: Job) -> None:
        recording = self._folders.recording(job)
        engines = dict(job.engines)
        for stage in job.stages:
            claim.begin(stage)
            self._store.begin_stage(claim.lease, stage)
            began = time.monotonic()
            recording = run((stage,), recording, self._engines, claim.report, self._stages)
            work_s = time.monotonic() - began
            engines[stage] = artifacts.engine_of(stage, recording)
            sound_s = recording.media.duration_s if recording.media else None
            self._store.end_stage(claim.lease, engines, sound_s)
            self._changes.note(job.owner)
            if claim.reported and sound_s:
                self._store.measure(stage, engines[stage], sound_s, work_s)

    def _finish(self, claim: Claim, status: JobStatus, error: JobError | None = None) -> None:
        finished = self._store.finish(claim.lease, status, error)
        self._changes.note()
        if finished:
            self._settled(finished)


def _reason(error: BaseException, job: Job) -> JobError:
    """Say in the user's words why a job failed; our bugs go to the log under a number."""
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
