"""Where a job's files live: uploads/<job id>/source and results/<job id>/…, which only this user can read.

uploads/incoming/ holds uploads in flight; trash/ in both trees holds what is being deleted.
"""

import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from app.config import Config
from app.jobs.job import Job
from app.pipeline.limits import limits_of
from app.pipeline.recording import Recording
from app.pipeline.stages import INFOS

_JOB_ID = re.compile(r"[0-9a-f]{32}")


class Folders:
    """The files of all jobs."""

    def __init__(self, config: Config) -> None:
        self.uploads = config.uploads_dir
        self.results = config.results_dir
        self.incoming = config.incoming_dir
        self._data = config.data_dir
        self._pooling = config.pooling
        self._limits = limits_of(config)
        self._trees = (self.uploads, self.results)

    def make(self) -> None:
        for folder in (self._data, *self._trees, self.incoming, *(tree / "trash" for tree in self._trees)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def source(self, job_id: str) -> Path:
        return self.uploads / job_id / "source"

    def result(self, job_id: str) -> Path:
        return self.results / job_id

    def recording(self, job: Job) -> Recording:
        """Return what the first stage gets."""
        is_known = (self.result(job.id) / INFOS["transcribe"].artifact.file).exists()
        return Recording(
            name=job.name,
            source=self.source(job.id),
            folder=self.result(job.id),
            language=job.language,
            speakers=job.speakers,
            terms=job.terms,
            model=job.model,
            limits=self._limits,
            text_first="transcribe" in job.stages and not is_known,
            clean_request=job.clean_request,
            pooling=self._pooling,
        )

    def accept(self, job_id: str, upload: Path) -> None:
        """Make an upload on the same disk the source of a job, safe from a power cut from here on."""
        _sync(upload)
        source = self.source(job_id)
        source.parent.mkdir(mode=0o700, parents=True)
        upload.replace(source)
        self.result(job_id).mkdir(mode=0o700, parents=True)
        for folder in (source.parent, self.uploads, self.results):
            _sync(folder)

    def return_upload(self, job_id: str, upload: Path) -> None:
        """Undo `accept`."""
        self.source(job_id).replace(upload)
        self.source(job_id).parent.rmdir()
        shutil.rmtree(self.result(job_id))

    def drop_parts(self, job_id: str) -> None:
        """Delete what a job has left that is only good for going on."""
        for path in self.result(job_id).glob("*.part"):
            _delete(path)

    def remove(self, job_id: str) -> None:
        """Delete a job's files. They vanish at once, by a rename; whoever has one open may read on."""
        for tree in self._trees:
            trash = tree / "trash" / uuid.uuid4().hex
            trash.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                (tree / job_id).rename(trash)
            except FileNotFoundError:
                continue
            shutil.rmtree(trash, ignore_errors=True)  # what stays is taken by `empty_trash`

    def size_bytes(self, job_id: str) -> int:
        """Return what a job's files take up here."""
        files = (path for tree in self._trees for path in (tree / job_id).rglob("*"))
        return sum(map(_size_bytes, files))

    def empty_trash(self) -> int:
        left = [path for tree in self._trees for path in _entries(tree / "trash")]
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        return len(left)

    def jobs(self, older_than: float) -> set[str]:
        """Return the ids of folders that nothing was added to since a time (seconds since the epoch)."""
        folders = (path for tree in self._trees for path in _entries(tree) if _JOB_ID.fullmatch(path.name))
        return {path.name for path in folders if _changed_at(path) < older_than}

    def drop_stale_uploads(self, older_than: float) -> int:
        """Delete uploads that nobody has written to since a time (seconds since the epoch)."""
        stale = [path for path in _entries(self.incoming) if _changed_at(path) < older_than]
        for path in stale:
            _delete(path)
        return len(stale)

    def drop_cut_off_uploads(self) -> int:
        """Delete what was in flight when its process died. Saved live streams stay: they may go on."""
        left = ("*.part", "call-*", "copy-*")
        cut_off = [path for pattern in left for path in self.incoming.glob(pattern)]
        for path in cut_off:
            _delete(path)
        return len(cut_off)

    def free_bytes(self) -> int:
        """Return what is free on the fuller of the disks for recordings and results."""
        return min(shutil.disk_usage(tree).free for tree in self._trees)

    def free_data_bytes(self) -> int:
        """Return what is free on the disk of the database."""
        return shutil.disk_usage(self._data).free


def _delete(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _entries(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            yield from [Path(entry) for entry in entries]
    except FileNotFoundError:
        return


def _sync(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk."""
    folder = path.is_dir()
    if folder and os.name != "posix":
        return  # Windows opens no folders
    opened = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _size_bytes(path: Path) -> int:
    """Return what a file takes up; nothing, where it is already gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _changed_at(path: Path) -> float:
    """Return when the newest thing in it was written; never, where it is already gone."""
    try:
        return max(p.stat().st_mtime for p in (path, *path.rglob("*")))
    except OSError:
        return float("inf")
