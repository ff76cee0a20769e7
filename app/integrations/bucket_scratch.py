"""Scratch: brings files between a job's folders on this machine and the bucket that is their storage."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile

from app.errors import NotFound
from app.integrations.stored_files import StoredFile, StoredFiles
from app.jobs.folders import Folders
from app.pipeline.checkpoint import CHECKPOINT
from app.storage.files import Storage, damaged

SOURCE = "uploads/source"
READ_BYTES = 2**20
PART_BYTES = 8 * 2**20  # what stages have so far costs more to send than to compute anew beyond it
TRIES = 5
N_LOCKS = 64


class Scratch:
    """The folders of this process. Connects when that is needed.

    Raises:
        StorageUnavailable: the bucket does not answer; what is here is unharmed.
    """

    def __init__(self, files: StoredFiles, folders: Folders, connect: Callable[[], Storage]) -> None:
        self._files = files
        self._folders = folders
        self._connect = connect
        self._locks = [threading.Lock() for _ in range(N_LOCKS)]

    @cached_property
    def bucket(self) -> Storage:
        return self._connect()

    def path(self, file: StoredFile) -> Path:
        if file.name == SOURCE:
            return self._folders.source(file.job_id)
        return self._folders.result(file.job_id) / file.name.removeprefix("results/")

    def name(self, job_id: str, path: Path) -> str:
        if path == self._folders.source(job_id):
            return SOURCE
        return f"results/{path.relative_to(self._folders.result(job_id)).as_posix()}"

    def is_here(self, file: StoredFile) -> bool:
        """Judge it by length and time, as rsync does; some disks do not keep nanoseconds."""
        try:
            here = self.path(file).stat()
        except OSError:
            return False
        return (here.st_size, here.st_mtime_ns // 1000) == (file.size_bytes, file.mtime_ns // 1000)

    def fetch(self, file: StoredFile, go_on: Callable[[], None] = lambda: None) -> bool:
        """Have a file here as it is now, whole or not at all. False: there is none any more."""
        now: StoredFile | None = file
        path = self.path(file)
        with self._locks[hash(path) % N_LOCKS]:  # a player asks for many ranges at once
            for _ in range(TRIES):
                if now is None or self.is_here(now):
                    return now is not None
                try:
                    self._download(now, path, go_on)
                except NotFound:  # another version has taken its place
                    now = self._files.get(file.job_id, file.name)
        raise damaged(file.object)

    def send(self, job_id: str, path: Path, instead_of: StoredFile | None) -> bool:
        """Put a file there. False: another process has put one of that name there meanwhile."""
        for _ in range(TRIES):
            before = path.stat()
            key = self._files.arrive(job_id, self.name(job_id, path), before.st_size, before.st_mtime_ns)
            stored = self.bucket.put(key, path)
            after = path.stat()
            if (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns):
                return self._files.settle(key, stored.sha256, instead_of)
        raise OSError(f"{path} changes all the time")

    def new(self, job_id: str, there: Mapping[str, StoredFile]) -> Iterator[Path]:
        """Yield the files of a job that are not, or otherwise, among those that are there."""
        folder = self._folders.result(job_id)
        for path in (self._folders.source(job_id), *sorted(folder.rglob("*"))):
            known = there.get(self.name(job_id, path))
            if path.is_file() and _is_to_be_kept(path, folder) and not (known and self.is_here(known)):
                yield path

    def _download(self, file: StoredFile, path: Path, go_on: Callable[[], None]) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        checksum = hashlib.sha256()
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
            try:
                with self.bucket.open(file.object) as body:
                    while data := body.read(READ_BYTES):
                        go_on()
                        checksum.update(data)
                        part.write(data)
                part.flush()
                if file.sha256 and checksum.hexdigest() != file.sha256:
                    raise damaged(file.object)
                os.utime(part.name, ns=(file.mtime_ns, file.mtime_ns))
                Path(part.name).replace(path)
            finally:
                with suppress(FileNotFoundError):
                    Path(part.name).unlink()


def _is_to_be_kept(path: Path, folder: Path) -> bool:
    """Tell of a file of a job whether it is to last: not what a stage is just writing."""
    if path.name.endswith(CHECKPOINT):
        return path.stat().st_size <= PART_BYTES
    inside = path.relative_to(folder).parts if path.is_relative_to(folder) else ()
    return not any(part.endswith(".part") or part.startswith(".") for part in inside)
