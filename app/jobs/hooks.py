"""What `create_app` hands to the queue from other rooms; the queue itself knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.jobs.job_files import JobFiles


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
        everywhere: done in each process that serves pages.
        files: the storage of jobs' files. None: the folders of this machine.
        check_callback: raises BadInput for an address that may not be called when a job ends.
        forget: deletes what other rooms know of a job, in the transaction that deletes its row.
    """

    periodic_tasks: tuple[PeriodicTask, ...] = ()
    everywhere: tuple[PeriodicTask, ...] = ()
    files: JobFiles | None = None
    check_callback: Callable[[str], None] = lambda url: None
    forget: Callable[[Session, str], None] = lambda session, job_id: None
