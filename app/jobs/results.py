"""JobResults: what a job's stages have found, and its files, also where they are not on this disk."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.errors import N_, Conflict, NotFound
from app.jobs.folders import Folders
from app.jobs.job import Job
from app.jobs.job_files import JobFiles
from app.pipeline import INFOS, artifacts, corrections
from app.pipeline.change import Change
from app.pipeline.checkpoint import checkpoint_path
from app.pipeline.corrections import Corrections
from app.pipeline.recording import Recording
from app.pipeline.transcript_checkpoint import HeardSoFar, heard_so_far

NO_FILE = N_("There is no such file. It may have been deleted.")


class JobResults:
    """Reads the results of jobs that the caller may see: who may is asked of `JobService.get`."""

    def __init__(self, folders: Folders, files: JobFiles) -> None:
        self._folders = folders
        self._files = files

    def recording(self, job: Job, stages: Sequence[str] | None = None) -> Recording:
        """Return what is there of a job's recording, with what its finished stages, or these, have found.

        Raises:
            StorageUnavailable: something of it is not on this disk, and the storage is away.
        """
        self._files.load(job)
        return artifacts.load_all(stages or job.stages, self._folders.recording(job))

    def corrected(self, job: Job) -> Corrections:
        """Return what is there of a job's recording as people have corrected it; raise as `recording`."""
        return corrections.load(self.recording(job))

    def is_long(self, job_id: str) -> bool:
        """Tell whether it takes a while to read what is on this disk of a job's recording."""
        return artifacts.is_large(self._folders.result(job_id))

    def correct(self, job: Job, heard: Recording, version: int, change: Change) -> Corrections | None:
        """Add a version of a recording after `version`, as `corrections.save` does, in the storage too.

        None: somebody else has added one meanwhile, and nothing is written.
        """
        try:
            with self._files.changing(job.id, heard.folder / corrections.JOURNAL):
                return corrections.save(heard, version, change)
        except Conflict:
            return None

    @contextmanager
    def set_aside(self, job: Job, stage: str) -> Iterator[None]:
        """Take a stage's artifact away, so that it runs again; where the block raises, it comes back."""
        recording = self.recording(job)
        try:
            with artifacts.set_aside(stage, recording):
                self._files.discard(job.id, recording.folder / INFOS[stage].artifact.file)
                yield
        except BaseException:
            self._files.save(job.id)
            raise

    def heard_so_far(self, job: Job, most: int) -> HeardSoFar:
        """Return the latest segments of a recording that is being heard; none where that is done."""
        folder = self._folders.result(job.id)
        self._files.fetch(job.id, checkpoint_path(folder, "transcribe"))
        return heard_so_far(folder, most)

    def has_file(self, job: Job, name: str) -> bool:
        """Tell whether a job's results have a file that is to be served without waiting for it."""
        path = self._folders.result(job.id) / name
        return path.is_file() or name in self._files.names(job.id, path.parent)

    def with_file(self, jobs: Sequence[Job], name: str) -> set[str]:
        """Return the ids of those whose results have a file, by one question to the storage for all."""
        here = {job.id for job in jobs if (self._folders.result(job.id) / name).is_file()}
        elsewhere = [job.id for job in jobs if job.id not in here]
        return here | {*self._files.sizes(elsewhere, name)} if elsewhere else here

    def file(self, job: Job, name: str) -> Path:
        """Return a file of a job's results, which is fetched where it is not on this disk.

        Raises:
            NotFound; StorageUnavailable: it is not on this disk, and the storage is away.
        """
        return self._file(job, self._folders.result(job.id) / name)

    def source(self, job: Job) -> Path:
        """Return the file that was sent; raise as `file`."""
        return self._file(job, self._folders.source(job.id))

    def read(self, job: Job, name: str | None, begin: int, n_bytes: int) -> tuple[bytes, int] | None:
        """Return a part of a file that is not on this disk, and how long it is; name: None for the source.

        None: it is on this disk, or there is none.
        """
        path = self._folders.result(job.id) / name if name else self._folders.source(job.id)
        return self._files.read(job.id, path, begin, n_bytes)

    def file_url(self, job: Job, name: str, download_name: str) -> str | None:
        """Return an address where a browser fetches a file from the storage. None: ask `file`."""
        return self._files.presigned(job.id, self._folders.result(job.id) / name, download_name)

    def _file(self, job: Job, path: Path) -> Path:
        if not self._files.fetch(job.id, path):
            raise NotFound(NO_FILE)
        return path.resolve()
