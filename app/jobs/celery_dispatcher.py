"""CeleryDispatcher: brings jobs to the workers of other processes and machines, by Celery on Redis."""

import logging
import threading
import time
from collections import Counter
from datetime import UTC, datetime

from celery import Celery
from kombu import Connection
from kombu.exceptions import KombuError
from sqlalchemy import func, select

from app.jobs.celery_app import TASK
from app.jobs.job import Job, JobStatus
from app.jobs.loop import start_loop
from app.jobs.queue_order import due
from app.jobs.store import JobStore
from app.jobs.tables import JobRow

logger = logging.getLogger(__name__)

SWEEP_S = 2.0
MOST_SENT = 1000  # by one sweep and queue; the workers need no more until the next
BROKER_AWAY = (KombuError, OSError)


class CeleryDispatcher:
    """A `Dispatcher` whose messages each let one worker take one job: the next by the order of the queue.

    So a message that comes twice or late takes no job twice, and one that is lost is replaced: the sweeper of
    the process that looks after the queue compares how many jobs wait with how many messages do. The id that
    a message carries is for the log.
    """

    def __init__(self, celery: Celery, store: JobStore) -> None:
        self._celery = celery
        self._store = store
        self._stopping = threading.Event()
        self._sweeper: threading.Thread | None = None
        self._away_until = 0.0

    def start(self) -> None:
        self._stopping = threading.Event()  # one that was told to end may still be at its last turn
        self._sweeper = start_loop("dispatch", self.send_missing, self._stopping, SWEEP_S)

    def stop(self, timeout_s: float) -> bool:
        self._stopping.set()
        if self._sweeper:
            self._sweeper.join(timeout_s)
        return not (self._sweeper and self._sweeper.is_alive())

    def submit(self, job: Job) -> None:
        """Send a message at once. Where that fails the upload does not: the sweeper sends it."""
        if time.monotonic() < self._away_until:
            return
        try:
            self._send(job.queue, job.priority, job.id)
        except BROKER_AWAY as error:
            self._away_until = time.monotonic() + SWEEP_S
            logger.warning("the broker does not answer; job %s is announced later: %s", job.id, error)

    def cancel(self, job_id: str) -> None:
        """Nothing is sent: each worker reads twice a second which of its jobs are to stop."""

    def send_missing(self) -> int:
        """Send as many messages as there are fewer than jobs that wait. Returns how many."""
        waiting, n = self._waiting(), 0
        try:
            with self._celery.connection_for_write() as connection:
                for queue in {queue for queue, _ in waiting}:
                    missing = min(MOST_SENT, sum(n for (name, _), n in waiting.items() if name == queue))
                    missing -= n_messages(connection, queue)
                    for priority in sorted(priority for name, priority in waiting if name == queue):
                        for _ in range(min(max(0, missing), waiting[queue, priority])):
                            self._send(queue, priority, "")
                            missing, n = missing - 1, n + 1
        except BROKER_AWAY as error:
            logger.warning("the broker does not answer: %s", error)
        return n

    def _send(self, queue: str, priority: int, job_id: str) -> None:
        self._celery.send_task(TASK, (job_id,), queue=queue, priority=priority, retry=False)

    def _waiting(self) -> Counter[tuple[str, int]]:
        """Count the jobs that might start, by queue and priority."""
        waits = JobRow.status == JobStatus.QUEUED, due(datetime.now(UTC))
        kinds = select(JobRow.queue, JobRow.priority, func.count()).where(*waits)
        with self._store.begin() as session:
            rows = session.execute(kinds.group_by(JobRow.queue, JobRow.priority))
            return Counter({(queue, priority): n for queue, priority, n in rows})


def n_messages(connection: Connection, queue: str) -> int:
    """Return how many messages wait in a queue of the broker."""
    declared = connection.default_channel.queue_declare(queue)
    return int(declared.message_count)
