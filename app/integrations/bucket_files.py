"""BucketFiles: jobs' files in S3, for processes that share no folder. The folders of each are its scratch.

What a worker makes is put there when a stage has ended; what a page needs is fetched when it is asked for.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.errors import N_, AppError, Conflict, StorageUnavailable
from app.integrations.bucket_scratch import Scratch
from app.integrations.stored_files import StoredFile, StoredFiles
from app.jobs.folders import Folders
from app.jobs.job import Job
from app.jobs.job_files import FolderFiles
from app.pipeline import INFOS
from app.pipeline.checkpoint import CHECKPOINT
from app.pipeline.sound_files import is_sound

logger = logging.getLogger(__name__)

BUSY = N_("This recording is being changed right now. Try again in a moment.")
ARTIFACTS = frozenset(f"results/{info.artifact.file}" for info in INFOS.values())
PARTS_EVERY_S = 5.0  # and as often the text on a page is renewed while it is heard
SCRATCH_S = 3600.0  # folders that nobody has asked for since are deleted
ACCEPTED_WITHIN_S = 600.0  # an upload that is being put there is no job yet


class BucketFiles(FolderFiles):
    """See JobFiles.

    Args:
        presigns: whether browsers reach the bucket by the addresses that it gives.
        serves: pages are shown by the process that works, so its folders stay for them.
    """

    def __init__(
        self, files: StoredFiles, folders: Folders, scratch: Scratch, *, presigns: bool, serves: bool
    ) -> None:
        super().__init__(folders)
        self._files = files
        self._scratch = scratch
        self._presigns, self._serves = presigns, serves
        self._changing = threading.Lock()
        self._worked_on: set[str] = set()  # here: what is in their folders is newer than the bucket
        self._unsaved: set[str] = set()  # as the bucket was away
        self._parts_saved_at = 0.0

    def load(self, job: Job) -> None:
        if job.id not in self._worked_on:
            self._load(job.id, lambda file: not _is_large(file.name))

    def load_all(self, job: Job, go_on: Callable[[], None] = lambda: None) -> None:
        self._load(job.id, lambda _: True, go_on)
        self._worked_on.add(job.id)

    def fetch(self, job_id: str, path: Path) -> bool:
        name = self._scratch.name(job_id, path)
        file = None if job_id in self._worked_on else self._files.get(job_id, name)
        return self._scratch.fetch(file) if file else path.is_file()

    def read(self, job_id: str, path: Path, begin: int, n_bytes: int) -> tuple[bytes, int] | None:
        file = self._files.get(job_id, self._scratch.name(job_id, path))
        if file is None or self._scratch.is_here(file) or not 0 <= begin < file.size_bytes:
            return None
        return self._scratch.bucket.read(file.object, begin, n_bytes), file.size_bytes

    def save(self, job_id: str) -> None:
        there = self._there(job_id)
        self._unsaved.add(job_id)
        for path in self._scratch.new(job_id, there):
            self._put(job_id, path, there)
        self._unsaved.discard(job_id)
        parts = [file for file in there.values() if _is_part(file.name)]
        over = [file.name for file in parts if not self._scratch.path(file).exists()]
        if over and job_id in self._worked_on:
            self._files.discard(job_id, over)

    def save_parts(self, job_id: str) -> None:
        now = time.monotonic()
        if now - self._parts_saved_at < PARTS_EVERY_S:
            return
        self._parts_saved_at = now
        there = self._there(job_id)
        try:
            for path in self._scratch.new(job_id, there):
                if _is_part(path.name):
                    self._put(job_id, path, there)
        except (AppError, OSError) as error:  # the work itself goes on
            logger.warning("what job %s has so far is not in the storage: %s", job_id, error)

    def end_work(self, job_id: str) -> None:
        self._worked_on.discard(job_id)
        if not self._serves:
            if job_id not in self._unsaved:
                self._folders.remove(job_id)
            self.make_room(datetime.now(UTC))

    def discard(self, job_id: str, path: Path) -> None:
        self._files.discard(job_id, [self._scratch.name(job_id, path)])

    def discard_parts(self, job_id: str) -> None:
        self._files.discard(job_id, [name for name in self._there(job_id) if _is_part(name)])

    def forget(self, session: Session, job_id: str) -> None:
        self._files.forget(session, job_id)

    @contextmanager
    def changing(self, job_id: str, path: Path) -> Iterator[None]:
        name = self._scratch.name(job_id, path)
        with self._changing:
            known = self._files.get(job_id, name)
            if known is None:
                path.unlink(missing_ok=True)
            else:
                self._scratch.fetch(known)
            before = path.read_bytes() if known else None
            try:
                yield
                changed = path.exists() and not (known and self._scratch.is_here(known))
                if changed and not self._scratch.send(job_id, path, known):
                    raise Conflict(BUSY)
            except BaseException:
                path.unlink(missing_ok=True)
                if before is not None:  # until it is fetched again
                    path.write_bytes(before)
                raise

    def names(self, job_id: str, folder: Path) -> set[str]:
        inside = self._scratch.name(job_id, folder / "_").removesuffix("_")
        found = {name.removeprefix(inside) for name in self._there(job_id) if name.startswith(inside)}
        return {name for name in found if "/" not in name}

    def is_kept(self, job_id: str) -> bool:
        return bool(self._there(job_id))

    def size_bytes(self, job_id: str) -> int:
        return sum(file.size_bytes for file in self._files.of(job_id))

    def sizes(self, job_ids: Collection[str], name: str) -> Mapping[str, int]:
        return self._files.sizes(job_ids, f"results/{name}")

    def presigned(self, job_id: str, path: Path, download_name: str) -> str | None:
        file = self._files.get(job_id, self._scratch.name(job_id, path)) if self._presigns else None
        return self._scratch.bucket.presign(file.object, download_name) if file else None

    def delete_due(self, now: datetime) -> int:
        """Delete what is there and belongs to nobody any more; it is tried until it is done."""
        n = 0
        for key in self._files.due(now):
            try:
                self._scratch.bucket.delete(key)
            except StorageUnavailable as error:
                logger.warning("%s is still to be deleted: %s", key, error)
                break
            self._files.deleted(key)
            n += 1
        return n

    def make_room(self, now: datetime) -> int:
        """Delete the folders here of jobs that are deleted, or that nobody has asked for in a while."""
        old = self._folders.jobs(older_than=now.timestamp() - SCRATCH_S) - self._unsaved
        here = self._folders.jobs(older_than=now.timestamp() - ACCEPTED_WITHIN_S)
        over = (old | (here - self._files.known_jobs(here))) - self._worked_on
        for job_id in over:
            self._folders.remove(job_id)
        return len(over)

    def _load(
        self, job_id: str, wanted: Callable[[StoredFile], bool], go_on: Callable[[], None] = lambda: None
    ) -> None:
        there = self._there(job_id)
        for file in filter(wanted, there.values()):
            self._scratch.fetch(file, go_on)
        if job_id not in self._unsaved:
            for name in ARTIFACTS - there.keys():  # its stage is to be done again
                (self._folders.result(job_id) / name.removeprefix("results/")).unlink(missing_ok=True)
        for folder in (self._folders.result(job_id), self._folders.source(job_id).parent):
            with suppress(FileNotFoundError):
                os.utime(folder)  # for `make_room`

    def _put(self, job_id: str, path: Path, there: Mapping[str, StoredFile]) -> None:
        """Put a file there; of two processes that do so at once, the last has its way."""
        name = self._scratch.name(job_id, path)
        known = there.get(name)
        while not self._scratch.send(job_id, path, known):
            known = self._files.get(job_id, name)

    def _there(self, job_id: str) -> dict[str, StoredFile]:
        return {file.name: file for file in self._files.of(job_id)}


def _is_part(name: str) -> bool:
    return name.endswith(CHECKPOINT)


def _is_large(name: str) -> bool:
    """Tell of a file that a page is not drawn from: it is fetched by who asks for it."""
    path = Path(name)
    return name == "uploads/source" or is_sound(path) or path.suffix in (".mp4", ".npz") or _is_part(name)
