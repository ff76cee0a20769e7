"""What `create_app` hands to the queue from other rooms; the queue itself knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from app.jobs.job import Job


class Copies(Protocol):
    """Copies of jobs' files in another storage."""

    def kept(self, job_id: str) -> list[str]:
        """Return the keys of a job's files that have arrived there."""
        ...

    def bring_back(self, job_id: str, path: Path) -> bool:
        """Fetch a file that is here no more. False: there is no copy."""
        ...

    def restore(self, job: Job) -> None:
        """Fetch what a job is shown from and is here no more; its sound is fetched when it is asked for."""
        ...

    def presigned(self, job_id: str, path: Path, download_name: str) -> str | None:
        """Return an address that a browser can fetch a copy from. None: there is none."""
        ...


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Something that a thread of its own does again and again, with a pause after each turn."""

    name: str
    turn: Callable[[], object]
    pause_s: float


@dataclass(frozen=True, slots=True)
class Hooks:
    """What other rooms have to do with jobs.

    Args:
        periodic_tasks: done while this process works on jobs.
        copies: where files are that are here no more. None: nowhere.
        check_callback: raises BadInput for an address that may not be called when a job ends.
        forget: deletes what other rooms know of a job, in the transaction that deletes its row.
    """

    periodic_tasks: tuple[PeriodicTask, ...] = ()
    copies: Copies | None = None
    check_callback: Callable[[str], None] = lambda url: None
    forget: Callable[[Session, str], None] = lambda session, job_id: None
