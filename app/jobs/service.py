"""JobService: what the rest of the program knows of jobs."""

import queue
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.config import Config
from app.documents.transcript import Transcript
from app.engines.base import Embedding
from app.engines.registry import Engines
from app.errors import N_, Conflict, NotFound
from app.integrations.wiring import Integrations
from app.jobs.admission import Admission
from app.jobs.change_feed import ChangeFeed
from app.jobs.folders import Folders
from app.jobs.forecast import Forecast, Speed
from app.jobs.instance_lock import InstanceLock
from app.jobs.janitor import Janitor
from app.jobs.job import Job, JobStatus
from app.jobs.leases import Finished, Leases
from app.jobs.running import RunningJobs
from app.jobs.speeds import Speeds
from app.jobs.store import JobStore
from app.jobs.threads import JobThreads
from app.jobs.worker import Worker
from app.pipeline import ALL_STAGES, STAGES, Stage, artifacts
from app.pipeline.recording import CleanRequest, Recording

UNKNOWN = N_("There is no such recording. It may have been deleted.")
NOT_ENDED = N_("Only a failed or cancelled recording can be tried again.")


class JobService:
    """The queue, its workers and its janitor. Starts nothing before `start`."""

    def __init__(
        self, config: Config, store: JobStore, engines: Engines, stages: Mapping[str, Stage] = STAGES
    ) -> None:
        self._config = config
        self._store = store
        self._folders = Folders(config)
        self.outside = Integrations(config, store, self._folders)
        self._stages = {**stages, **self.outside.stages}
        self._changes = ChangeFeed()
        self._speeds = Speeds(store)
        self._waiting: queue.Queue[str | None] = queue.Queue()
        leases = Leases(config, store)
        duty = InstanceLock(config.data_dir)
        self._claims = RunningJobs(config, leases, self._changes, duty)
        self.worker = Worker(
            claims=self._claims,
            leases=leases,
            speeds=self._speeds,
            folders=self._folders,
            changes=self._changes,
            engines=engines,
            stages=self._stages,
            waiting=self._waiting,
            settled=self._settled,
        )
        self.janitor = Janitor(store, self._folders, self.outside.forget, self.outside.keeps)
        self._crew = JobThreads(
            config=config,
            store=store,
            claims=self._claims,
            changes=self._changes,
            duty=duty,
            worker=self.worker,
            janitor=self.janitor,
            waiting=self._waiting,
            periodic_tasks=self.outside.periodic_tasks,
        )
        self._admission = Admission(config, store, self._folders, self._speeds, self._changes)

    def start(self) -> None:
        """Bring the database up, go on with what was left, start the threads."""
        self._store.migrate()
        self._folders.make()
        self._crew.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Stop the work; unfinished jobs go back to the head of the queue, their finished stages are kept."""
        self._crew.stop(timeout_s)

    # What visitors want

    def incoming(self) -> Path:
        """Return a fresh path for an upload in flight, on the disk where it will stay."""
        self._folders.make()
        return self._folders.incoming / f"{uuid.uuid4().hex}.part"

    def admit(self, n: int = 1, size_bytes: int = 0) -> None:
        """Raise Overloaded or StorageFull where `n` more jobs of `size_bytes` together would be refused."""
        self._admission.admit(n, size_bytes)

    def submit(
        self,
        owner: str,
        name: str,
        upload: Path,
        *,
        language: str = "auto",
        stages: tuple[str, ...] = ALL_STAGES,
        duration_s: float | None = None,
        job_id: str | None = None,
        callback_url: str | None = None,
        order: CleanRequest | None = None,
        transcript: Transcript | None = None,
    ) -> Job:
        """Accept an uploaded file; from here on the job survives. Where it raises, `upload` stays.

        Args:
            job_id: chosen by the caller; FileExistsError or IntegrityError where there is such a job.
            callback_url: told when the job ends; BadInput where it leads into an internal network.
            transcript: what is said in it, where that is known: `transcribe` is not done again.
        """
        unknown = [stage for stage in stages if stage not in self._stages]
        if unknown or not stages:
            raise ValueError(f"unknown stages {unknown}; there are {sorted(self._stages)}")
        self._admission.check_space(0)
        if callback_url is not None:
            self.outside.deliveries.check_url(callback_url)
        job = Job(
            id=job_id or uuid.uuid4().hex,
            owner=owner,
            name=_storable(name),
            size_bytes=upload.stat().st_size,
            language=language,
            stages=stages,
            status=JobStatus.QUEUED,
            created_at=datetime.now(UTC),
            duration_s=duration_s,
            callback_url=callback_url,
            order=order,
        )
        self._folders.accept(job.id, upload)
        accepted = None
        try:
            if transcript is not None:
                known = replace(self._folders.recording(job), transcript=transcript)
                artifacts.save("transcribe", known)
            accepted = self._store.add(job, self._config.max_active_jobs)
        finally:
            if accepted is None:
                self._folders.return_upload(job.id, upload)
        if accepted is None:
            raise self._admission.overloaded(1)
        self._wake(job.id)
        return accepted

    def get(self, owner: str, job_id: str) -> Job:
        """Raise NotFound for what is unknown, foreign or deleted, in the same words."""
        job = self._store.get(owner, job_id)
        if job is None:
            raise NotFound(UNKNOWN)
        return job

    def list(self, owner: str) -> "list[Job]":
        """Return the owner's jobs, newest first."""
        return self._store.list(owner)

    def cancel(self, owner: str, job_id: str) -> Job:
        """Cancel a queued job at once, make a running one stop; what has ended stays as it is."""
        job = self._store.cancel(owner, job_id)
        if job is None:
            return self.get(owner, job_id)
        self._claims.stop(job_id)
        self._changes.note()
        return job

    def retry(self, owner: str, job_id: str) -> Job:
        """Queue a failed or cancelled job again; its finished stages are not done again."""
        try:
            job = self._store.requeue(owner, job_id, self._config.max_active_jobs)
        except LookupError as error:
            self.get(owner, job_id)
            raise Conflict(NOT_ENDED) from error
        if job is None:
            if not self.get(owner, job_id).status.ended:
                raise Conflict(NOT_ENDED)
            raise self._admission.overloaded(1)
        self._wake(job_id)
        return job

    def delete(self, owner: str, job_id: str) -> None:
        """Take a job away with its files; a running one goes as soon as it has stopped."""
        job = self._store.hide(owner, job_id)
        if job is None:
            raise NotFound(UNKNOWN)
        if job.status.ended:
            self.janitor.remove(job_id)
        else:
            self._claims.stop(job_id)
        self._changes.note()

    def recording(self, owner: str, job_id: str) -> Recording:
        """Return what is there of a job's recording, with the artifact of every finished stage."""
        job = self.get(owner, job_id)
        if job.status is JobStatus.DONE:
            self.outside.restore(job_id)
        recording = self._folders.recording(job)
        for stage in job.stages:
            recording = artifacts.load(stage, recording) or recording
        return recording

    def embeddings(self, owner: str) -> Sequence[tuple[Job, Embedding]]:
        """Return the owner's recordings that have a vector, newest first."""
        vectorized = [job for job in self.list(owner) if "vectorize" in job.engines]
        found = [(job, artifacts.load("vectorize", self._folders.recording(job))) for job in vectorized]
        return [(job, recording.embedding) for job, recording in found if recording and recording.embedding]

    def forecast(self, job: Job) -> Forecast:
        """Say when a job begins and ends, by the real schedule and this machine's measured speeds."""
        return self._admission.schedule().forecast(job, datetime.now(UTC))

    def counts(self) -> dict[JobStatus, int]:
        """Return how many jobs of all owners stand in each status."""
        return self._store.counts()

    def speeds(self) -> dict[str, Speed]:
        """Return what was measured of each stage on this machine."""
        return self._speeds.latest()

    def version(self, owner: str) -> int:
        """Return the owner's present version for `wait_for_change`."""
        return self._changes.version(owner)

    def wait_for_change(self, owner: str, seen: int, timeout_s: float) -> int:
        """Wait until the version differs from `seen`: the owner's jobs or the queue moved, or we stop."""
        return self._changes.wait(owner, seen, timeout_s)

    # Inside

    def _wake(self, job_id: str) -> None:
        self._changes.note()
        self._waiting.put(job_id)

    def _settled(self, finished: Finished) -> None:
        if finished.deleting:
            self.janitor.remove(finished.job.id)


def _storable(name: str) -> str:
    """Return a name that every database can keep: no NUL, no lone surrogates."""
    return name.encode("utf-8", "replace").decode().replace("\0", "")
