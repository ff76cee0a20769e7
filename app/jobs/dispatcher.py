"""What stands between JobService and its workers: threads of this process, or Celery."""

from typing import Protocol

from app.jobs.job import Job


class Dispatcher(Protocol):
    """Brings jobs to workers.

    The row in the database is the truth: workers read there which job comes next, and whether one is to stop.
    What is said here only makes it happen at once; a message that gets lost costs a moment and no job.
    """

    def start(self) -> None:
        """Let the workers begin; called when this process has become the one that looks after the queue."""
        ...

    def stop(self, timeout_s: float) -> bool:
        """Make the workers leave their jobs and end. False: one has not ended in time."""
        ...

    def submit(self, job: Job) -> None:
        """Say that a job waits."""
        ...

    def cancel(self, job_id: str) -> None:
        """Say that a job is to stop, where it runs."""
        ...
