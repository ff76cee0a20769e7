"""JobFiles: the storage of what jobs leave. Folders of this machine, or a bucket with folders as scratch.

Stages and pages read and write files of `Folders`, as ever. Where the folders are scratch, these calls bring
there what is needed and take to the storage what is new; where they are the storage, there is nothing to do.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from app.jobs.folders import Folders
from app.jobs.job import Job


def _go_on() -> None:
    pass


class JobFiles(Protocol):
    """The files of all jobs. Whose a job is, the caller asks.

    Raises:
        StorageUnavailable: the storage is away. What is here stays, and is put there when it is tried again.
    """

    def load(self, job: Job) -> None:
        """Have what a job is shown from in its folders, as it is now; not its sound."""
        ...

    def load_all(self, job: Job, go_on: Callable[[], None] = _go_on) -> None:
        """Have all of a job in its folders, to work on it; go_on: raises to stop that."""
        ...

    def fetch(self, job_id: str, path: Path) -> bool:
        """Have one file in its place, as it is now. False: there is none."""
        ...

    def read(self, job_id: str, path: Path, begin: int, n_bytes: int) -> tuple[bytes, int] | None:
        """Return a part of a file that is not here, and the length of all of it. None: use `fetch`."""
        ...

    def save(self, job_id: str) -> None:
        """Keep what is new in a job's folders. A file is kept whole or not at all."""
        ...

    def save_parts(self, job_id: str) -> None:
        """Keep what stages have so far, now and then: the loss of a machine costs seconds of their work."""
        ...

    def end_work(self, job_id: str) -> None:
        """Make room: this process works on a job no more."""
        ...

    def discard(self, job_id: str, path: Path) -> None:
        """Forget a file, which was deleted here."""
        ...

    def discard_parts(self, job_id: str) -> None:
        """Forget what is only good for going on, which was deleted here."""
        ...

    def forget(self, session: Session, job_id: str) -> None:
        """Have all files of a job deleted in the storage, however long it is away."""
        ...

    def changing(self, job_id: str, path: Path) -> AbstractContextManager[None]:
        """Change a file that other processes change too, from how it is now.

        Raises Conflict where somebody else was faster: then it is as he has left it.
        """
        ...

    def names(self, job_id: str, folder: Path) -> set[str]:
        """Return the names of what lies in one of a job's folders."""
        ...

    def is_kept(self, job_id: str) -> bool:
        """Tell whether the storage has anything of a job that may be gone here."""
        ...

    def size_bytes(self, job_id: str) -> int:
        """Return what all of a job's files take up."""
        ...

    def sizes(self, job_ids: Collection[str], name: str) -> Mapping[str, int]:
        """Return the length of a file of this name of each job's results that has one."""
        ...

    def presigned(self, job_id: str, path: Path, download_name: str) -> str | None:
        """Return an address where a browser can fetch a file that is not here. None: serve it."""
        ...


class FolderFiles:
    """Folders that all processes share, which is one process on one machine as a rule."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def load(self, job: Job) -> None:
        pass

    def load_all(self, job: Job, go_on: Callable[[], None] = _go_on) -> None:
        pass

    def fetch(self, job_id: str, path: Path) -> bool:
        return path.is_file()

    def read(self, job_id: str, path: Path, begin: int, n_bytes: int) -> tuple[bytes, int] | None:
        return None

    def save(self, job_id: str) -> None:
        pass

    def save_parts(self, job_id: str) -> None:
        pass

    def end_work(self, job_id: str) -> None:
        pass

    def discard(self, job_id: str, path: Path) -> None:
        pass

    def discard_parts(self, job_id: str) -> None:
        pass

    def forget(self, session: Session, job_id: str) -> None:
        pass

    def changing(self, job_id: str, path: Path) -> AbstractContextManager[None]:
        return nullcontext()

    def names(self, job_id: str, folder: Path) -> set[str]:
        return {path.name for path in folder.glob("*")}

    def is_kept(self, job_id: str) -> bool:
        return False

    def size_bytes(self, job_id: str) -> int:
        return self._folders.size_bytes(job_id)

    def sizes(self, job_ids: Collection[str], name: str) -> Mapping[str, int]:
        found = {}
        for job_id in job_ids:
            try:
                found[job_id] = (self._folders.result(job_id) / name).stat().st_size
            except OSError:
                continue
        return found

    def presigned(self, job_id: str, path: Path, download_name: str) -> str | None:
        return None
