"""ThreadDispatcher: worker threads of this process, and the queue that wakes them."""

import queue
import threading
import time
from contextlib import suppress

from app.jobs.job import Job
from app.jobs.loop import start_loop
from app.jobs.worker import Worker

LOOK_EVERY_S = (
    1.0  # for jobs that were accepted or queued again by another process, which cannot announce here
)


class ThreadDispatcher:
    """A `Dispatcher` with `n_workers` threads around one worker."""

    def __init__(self, worker: Worker, n_workers: int) -> None:
        self._worker = worker
        self._n_workers = n_workers
        self._announced: queue.Queue[str | None] = queue.Queue()
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()

    def start(self) -> None:
        self._stopping.clear()
        self._worker.running.resume()
        self._threads = [
            start_loop(f"worker-{n + 1}", self._turn, self._stopping) for n in range(self._n_workers)
        ]

    def stop(self, timeout_s: float) -> bool:
        self._stopping.set()
        self._worker.running.stop_all()
        for _ in self._threads:
            self._announced.put(None)
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        return not self._threads

    def submit(self, job: Job) -> None:
        self._announced.put(job.id)

    def cancel(self, job_id: str) -> None:
        self._worker.running.stop(job_id)

    def _turn(self) -> None:
        """Do the next job. Where there is none, wait until one is announced."""
        if not self._worker.run_once():
            with suppress(queue.Empty):
                self._announced.get(timeout=LOOK_EVERY_S)
