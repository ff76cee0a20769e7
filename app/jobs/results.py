"""JobResults: what a job's stages have found, and its files, also where they are in S3 only."""

from collections.abc import Sequence
from pathlib import Path

from app.errors import N_, NotFound
from app.jobs.folders import Folders
from app.jobs.hooks import Hooks
from app.jobs.job import Job, JobStatus
from app.pipeline import artifacts, corrections
from app.pipeline.corrections import Corrections
from app.pipeline.recording import Recording
from app.pipeline.transcript_checkpoint import HeardSoFar, heard_so_far

NO_FILE = N_("There is no such file. It may have been deleted.")


class JobResults:
    """Reads the results of jobs that the caller may see: who may is asked of `JobService.get`."""

    def __init__(self, folders: Folders, hooks: Hooks) -> None:
        self._folders = folders
        self._copies = hooks.copies

    def recording(self, job: Job, stages: Sequence[str] | None = None) -> Recording:
        """Return what is there of a job's recording, with what its finished stages, or these, have found.

        Raises:
            StorageUnavailable: something of it is in S3 only, and S3 is away.
        """
        if job.status is JobStatus.DONE and self._copies:
            self._copies.restore(job)
        return artifacts.load_all(stages or job.stages, self._folders.recording(job))

    def corrected(self, job: Job) -> Corrections:
        """Return what is there of a job's recording as people have corrected it; raise as `recording`."""
        return corrections.load(self.recording(job))

    def is_long(self, job_id: str) -> bool:
        """Tell whether it takes a while to read what is on this disk of a job's recording."""
        return artifacts.is_large(self._folders.result(job_id))

    def heard_so_far(self, job: Job, most: int) -> HeardSoFar:
        """Return the latest segments of a recording that is being heard; none where that is done."""
        return heard_so_far(self._folders.result(job.id), most)

    def has_file(self, job: Job, name: str) -> bool:
        """Tell whether a file of a job's results is on this disk."""
        return (self._folders.result(job.id) / name).is_file()

    def file(self, job: Job, name: str) -> Path:
        """Return a file of a job's results, which is fetched where it is on this disk no more.

        Raises:
            NotFound; StorageUnavailable: it is in S3 only, and S3 is away.
        """
        path, copies = self._folders.result(job.id) / name, self._copies
        if not path.is_file() and not (copies and copies.bring_back(job.id, path)):
            raise NotFound(NO_FILE)
        return path.resolve()

    def source(self, job: Job) -> Path:
        """Return the file that was sent, which is fetched where it is on this disk no more.

        Raises:
            NotFound; StorageUnavailable: it is in S3 only, and S3 is away.
        """
        path, copies = self._folders.source(job.id), self._copies
        if not path.is_file() and not (copies and copies.bring_back(job.id, path)):
            raise NotFound(NO_FILE)
        return path.resolve()

    def file_url(self, job: Job, name: str, download_name: str) -> str | None:
        """Return an address where a browser fetches a file that is on this disk no more. None: ask `file`."""
        path, copies = self._folders.result(job.id) / name, self._copies
        return None if copies is None or path.is_file() else copies.presigned(job.id, path, download_name)
