"""JobService: what the rest of the program knows of jobs."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app import tracing
from app.config import Config
from app.documents.transcript import Transcript
from app.engines.registry import Engines
from app.errors import N_, Conflict, NotFound
from app.jobs.acceptance import Acceptance
from app.jobs.clips import Clips
from app.jobs.depths import Depth, depths
from app.jobs.dispatcher import Dispatcher
from app.jobs.forecast import Forecast
from app.jobs.hooks import Hooks
from app.jobs.job import Job, JobPriority, JobStatus
from app.jobs.library.finding import Finder
from app.jobs.library.shelf import Shelf
from app.jobs.parts import put_together
from app.jobs.pictures import Pictures
from app.jobs.queues import queue_of
from app.jobs.results import JobResults
from app.jobs.serving_lock import ServingLock
from app.jobs.shares import Shares
from app.jobs.store import JobStore
from app.jobs.thread_dispatcher import ThreadDispatcher
from app.jobs.worker import Worker
from app.pipeline import ALL_STAGES, STAGES, Stage
from app.pipeline.recording import CleanRequest

UNKNOWN = N_("There is no such recording. It may have been deleted.")
NOT_DONE = N_("This can be done anew only once the recording is done. Wait until then and try again.")
NOT_ENDED = N_("Only a failed or cancelled recording can be tried again.")


class JobService:
    """The queue, its workers and its janitor. Starts nothing before `start`.

    results: what jobs leave; shares: links to it; clips, pictures: cut out of it; finder, shelf: all of an
    owner; changes: wakes who looks on; speeds: what was measured here; workers: who works elsewhere.

    Args:
        stages: all that a job may go through, by name; hooks: what other rooms have to do with jobs.
        dispatch: makes what brings jobs to workers, of the worker and how many jobs may run at once.
    """

    def __init__(
        self,
        config: Config,
        store: JobStore,
        engines: Engines,
        stages: Mapping[str, Stage] = STAGES,
        hooks: Hooks = Hooks(),  # noqa: B008  a frozen record
        dispatch: Callable[[Worker, int], Dispatcher] = ThreadDispatcher,
    ) -> None:
        self._config, self._store, self._stages, self._hooks = config, store, stages, hooks
        self.parts = parts = put_together(config, store, engines, stages, hooks, dispatch)
        self.worker, self.janitor, self.workers = parts.worker, parts.janitor, parts.workers
        self.changes, self.speeds = parts.changes, parts.speeds
        self._folders, self._dispatcher = parts.folders, parts.dispatcher
        self._threads, self._admission = parts.threads, parts.admission
        self._files = files = parts.files
        self._acceptance = Acceptance(config, store, self._folders, files)
        self.results, self.shares = JobResults(self._folders, files), Shares(store)
        self.clips = Clips(self._folders, files, self.results, store.visible)
        self.finder = Finder(store, self._folders, files)
        self.shelf = Shelf(config, store, self._folders, files, self.check_space)
        self.pictures = Pictures(self._folders, files, self.results, store.visible)
        self._serving = ServingLock(config.incoming_dir)

    def start(self) -> None:
        """Bring the database up, go on with what was left, start the threads."""
        self.prepare()
        if self._serving.take():
            self.janitor.drop_leftovers()
        self._threads.start()

    def prepare(self) -> None:
        """Bring the database up and make the folders: all that a process needs that only works."""
        self._store.migrate()
        self._folders.make()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Stop the work; unfinished jobs go back to the head of the queue, their finished stages are kept."""
        self._threads.stop(timeout_s)

    def incoming(self) -> Path:
        """Return a fresh path for an upload in flight, on the disk where it will stay."""
        self._folders.make()
        return self._folders.incoming / f"{uuid.uuid4().hex}.part"

    def admit(self, n: int = 1, size_bytes: int = 0) -> None:
        """Raise Overloaded or StorageFull where `n` more jobs of `size_bytes` together would be refused."""
        self._admission.admit(n, size_bytes)

    def check_space(self) -> None:
        """Raise StorageFull where no recording would be taken."""
        self._admission.check_space(0)

    def submit(
        self,
        owner: str,
        name: str,
        upload: Path | int,
        *,
        language: str = "auto",
        speakers: str = "auto",
        terms: str = "",
        model: str = "auto",
        form: str = "minutes",
        stages: tuple[str, ...] = ALL_STAGES,
        duration_s: float | None = None,
        job_id: str | None = None,
        callback_url: str | None = None,
        clean_request: CleanRequest | None = None,
        transcript: Transcript | None = None,
        priority: JobPriority = JobPriority.INTERACTIVE,
    ) -> Job:
        """Accept an uploaded file; from here on the job survives. Where it raises, `upload` stays.

        Args:
            upload: the file, or the length (bytes) of one that the storage has under `job_id`.
            speakers, terms, model, form: as Job has them; priority: who waits for it.
            job_id: chosen by the caller; FileExistsError or IntegrityError where there is such a job.
            callback_url: told when the job ends; BadInput where it leads into an internal network.
            transcript: what is said in it, where that is known: `transcribe` is not done again.
        """
        if not stages or not {*stages} <= {*self._stages}:
            raise ValueError(f"unknown stages among {stages}; there are {sorted(self._stages)}")
        self._admission.check_space(0)
        if callback_url is not None:
            self._hooks.check_callback(callback_url)
        job = Job(
            id=job_id or uuid.uuid4().hex,
            owner=owner,
            name=name,
            size_bytes=upload if isinstance(upload, int) else upload.stat().st_size,
            language=language,
            speakers=speakers,
            terms=terms,
            model=model,
            form=form,
            stages=stages,
            status=JobStatus.QUEUED,
            created_at=datetime.now(UTC),
            duration_s=duration_s,
            callback_url=callback_url,
            clean_request=clean_request,
            priority=priority,
            queue=queue_of(stages[0], self.worker.gpu_stages),
            request_id=tracing.request_id(),
            traceparent=tracing.here(),
        )
        if isinstance(upload, int):
            accepted = self._acceptance.of_stored(job)
        else:
            accepted = self._acceptance.of_file(job, upload, transcript)
        if accepted is None:
            raise self._admission.overloaded(1)
        self._announce(accepted)
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
        self._dispatcher.cancel(job_id)
        self.changes.note()
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
        self._announce(job)
        return job

    def redo(self, owner: str, job_id: str, stage: str) -> Job:
        """Queue a finished job again for one of its stages; where that is refused, all is as it was."""
        job = self.get(owner, job_id)
        if stage not in job.stages:
            raise Conflict(NOT_DONE)
        with self.results.set_aside(job, stage):
            try:
                queued = self._store.requeue(owner, job_id, self._config.max_active_jobs, (JobStatus.DONE,))
            except LookupError as error:
                raise Conflict(NOT_DONE) from error
            if queued is None:
                raise self._admission.overloaded(1)
        self._announce(queued)
        return queued

    def delete(self, owner: str, job_id: str) -> None:
        """Take a job away with its files; a running one goes as soon as it has stopped."""
        job = self._store.hide(owner, job_id)
        if job is None:
            raise NotFound(UNKNOWN)
        if job.status.ended:
            self.janitor.remove(job_id)
        else:
            self._dispatcher.cancel(job_id)
        self.changes.note()

    def forecast(self, job: Job) -> Forecast:
        """Say when a job begins and ends, by the real schedule and this machine's measured speeds."""
        return self._admission.forecasts([job])[0]

    def forecasts(self, jobs: Sequence[Job]) -> Sequence[Forecast]:
        """Say the same of several jobs of one owner, by one look at the schedule."""
        return self._admission.forecasts(jobs)

    def active(self) -> Sequence[Job]:
        """Return the jobs of all owners that run, and the first of those that wait."""
        return self._store.active()

    def depths(self) -> Sequence[Depth]:
        """Return how much waits in each queue."""
        return depths(self._store)

    def counts(self) -> dict[JobStatus, int]:
        """Return how many jobs of all owners stand in each status."""
        return self._store.counts()

    def _announce(self, job: Job) -> None:
        self.changes.note()
        self._dispatcher.submit(job)
