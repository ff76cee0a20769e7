"""Acceptance: a file becomes a job's source and the job a row of the queue, both or neither."""

from dataclasses import replace
from pathlib import Path

from app.config import Config
from app.documents.transcript import Transcript
from app.jobs.folders import Folders
from app.jobs.job import Job
from app.jobs.job_files import JobFiles
from app.jobs.store import JobStore
from app.pipeline import artifacts


class Acceptance:
    """From here on a job survives. None instead of a job: the queue is full."""

    def __init__(self, config: Config, store: JobStore, folders: Folders, files: JobFiles) -> None:
        self._most, self._store, self._folders, self._files = config.max_active_jobs, store, folders, files

    def of_file(self, job: Job, upload: Path, transcript: Transcript | None) -> Job | None:
        """Take a file of this machine; where there is no job in the end, it is where it was."""
        self._folders.accept(job.id, upload)
        accepted = None
        try:
            if transcript is not None:
                artifacts.save("transcribe", replace(self._folders.recording(job), transcript=transcript))
            self._files.save(job.id)
            accepted = self._store.add(job, self._most)
        finally:
            if accepted is None:
                self._folders.return_upload(job.id, upload)
                with self._store.begin() as session:
                    self._files.forget(session, job.id)
        return accepted

    def of_stored(self, job: Job) -> Job | None:
        """Take what the storage has under the job's id."""
        return self._store.add(job, self._most)
