"""RecordSync: keeps the service's records, hands over what was cleaned, clears away what was needed once."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.config import Config
from app.errors import AppError
from app.integrations.record_table import RecordTable
from app.integrations.tables import ObjectRow
from app.integrations.webhooks import Webhooks
from app.jobs.folders import Folders
from app.jobs.job import Job, JobStatus
from app.jobs.job_files import JobFiles
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from app.pipeline import artifacts
from app.pipeline.cleaned import NotCleaned
from app.pipeline.recording import Recording

logger = logging.getLogger(__name__)

AT_ONCE = 50
AFTER_FAILURE = timedelta(seconds=30)
CLEAN, TRANSCRIBE = ("clean", "store"), ("transcribe", "summarize")


def stages(config: Config, do_clean: bool) -> tuple[str, ...]:
    """Return what a request goes through; without an endpoint to hand it over to, we transcribe it."""
    own = () if config.hand_over_url else TRANSCRIBE
    return ("fetch", "extract", *(CLEAN if do_clean else ()), *own)


class RecordSync:
    """One turn: bring every record up to its job's status. So a kill at any moment loses none."""

    def __init__(
        self, config: Config, store: JobStore, folders: Folders, files: JobFiles, webhooks: Webhooks
    ) -> None:
        self._config = config
        self._store = store
        self._folders = folders
        self._files = files
        self._webhooks = webhooks
        self._records = RecordTable(config, store)
        self._later: dict[str, datetime] = {}

    def run_once(self, now: datetime) -> int:
        """Return how many records were written."""
        self._later = {job_id: due for job_id, due in self._later.items() if now < due}
        changed = or_(JobRow.recorded.is_(None), JobRow.recorded != JobRow.status)
        due = JobRow.id.not_in(self._later)  # those that fail again and again keep no others waiting
        behind = select(JobRow).where(JobRow.clean_request.is_not(None), changed, due).limit(AT_ONCE)
        with self._store.begin() as session:
            jobs = [self._store.job(row) for row in session.scalars(behind)]
        return sum(self._record_or_log(job, now) for job in jobs)

    def _record_or_log(self, job: Job, now: datetime) -> bool:
        try:
            self._record(job, now)
        except (
            SQLAlchemyError,
            AppError,
            OSError,
            ValueError,
        ):  # an id that is no number, in a table of numbers
            logger.exception("the record of job %s cannot be written; trying again", job.id)
            self._later[job.id] = now + AFTER_FAILURE
            return False
        return True

    def _record(self, job: Job, now: datetime) -> None:
        assert job.clean_request is not None
        self._files.load(job)
        recording = artifacts.load_all(job.stages, self._folders.recording(job))
        if job.status.ended:
            self._clear(job)
        values: dict[str, Any] = {
            "length_s": job.duration_s,
            "file": recording.stored.key if recording.stored else None,
            "status": item_status(job, recording),
            "error": _error(job, recording),
            "engine": job.engines.get("clean") or None,
        }
        # In the customer's database first: what is not noted here is written there again, to the same effect.
        self._records.write(job.clean_request.item_id, values)
        still = update(JobRow).where(JobRow.id == job.id, JobRow.status == job.status)
        with self._store.begin() as session:  # the hand-over and the note of the record, or nothing
            if session.scalar(still.values(recorded=job.status).returning(JobRow.id)) is None:
                return  # it has moved on; the next turn sees it
            if recording.stored:
                session.merge(ObjectRow(job_id=job.id, stored_at=now, **asdict(recording.stored)))
            if job.status is JobStatus.DONE and self._config.hand_over_url:
                key = recording.stored.key if recording.stored else job.clean_request.file_key
                self._webhooks.hand_over(session, job, key, now)

    def _clear(self, job: Job) -> None:
        """Delete the sound; what is small, and may be looked at, stays until the job expires."""
        folder = self._folders.result(job.id)
        for path in [folder / name for name in self._files.names(job.id, folder)]:
            if path.suffix != ".json":
                path.unlink(missing_ok=True)
                self._files.discard(job.id, path)


def item_status(job: Job, recording: Recording) -> str:
    """Say how an item stands: as its job does, but for what was made before its job failed.

    "cleaned": its sound is in the bucket, and was not transcribed; "transcribed": there are no minutes of it.
    """
    if job.status in (JobStatus.FAILED, JobStatus.CANCELLED):
        if recording.transcript:
            return "transcribed"
        if recording.stored:
            return "cleaned"
    return str(job.status)


def _error(job: Job, recording: Recording) -> str | None:
    if job.error:
        return str(job.error)
    return str(recording.cleaned) if isinstance(recording.cleaned, NotCleaned) else None
