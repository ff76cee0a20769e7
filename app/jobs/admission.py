"""Admission: whether there is room for a job, and how long the wait is."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.config import Config
from app.errors import N_, Overloaded, StorageFull
from app.jobs.change_feed import ChangeFeed
from app.jobs.folders import Folders
from app.jobs.forecast import Forecast, Schedule
from app.jobs.job import Job, JobStatus
from app.jobs.simulation import Seat
from app.jobs.speeds import Speeds
from app.jobs.store import MOST_LOOKED_AT, JobStore

OVERLOADED = N_("The server is overloaded, try again later. Expected wait: about %(minutes)s min.")
NO_SPACE = N_("There is not enough free space on the server's disk. Try again later.")
DATA_RESERVE_BYTES = 64 * 2**20  # on the disk of the database, which may be a small one of its own
MOST_COUNTED = 20  # positions behind those that are looked at, for one answer
UNKNOWN_WAIT_S = 60  # told to those who come to a full queue before anything was measured


class Admission:
    """Looks at the queue and the disk."""

    def __init__(
        self,
        config: Config,
        store: JobStore,
        folders: Folders,
        speeds: Speeds,
        changes: ChangeFeed,
        seats: Callable[[], Sequence[Seat]],
    ) -> None:
        self._config = config
        self._store = store
        self._folders = folders
        self._speeds = speeds
        self._changes = changes
        self._seats = seats
        self._lock = threading.Lock()
        self._seen: tuple[int, float, Schedule] | None = None

    def admit(self, n: int, size_bytes: int) -> None:
        """Raise Overloaded or StorageFull where `n` more jobs of `size_bytes` together would be refused.

        A database that cannot be written raises its OperationalError, before the bytes are sent.
        """
        self.check_space(size_bytes)
        if n:
            self._store.check_writable()
        counts = self._store.counts()
        if counts[JobStatus.QUEUED] + counts[JobStatus.RUNNING] + n > self._config.max_active_jobs:
            raise self.overloaded(n)

    def check_space(self, size_bytes: int) -> None:
        self._folders.make()
        reserve_bytes = self._config.disk_reserve_bytes
        if self._folders.free_bytes() - size_bytes < reserve_bytes:
            raise StorageFull(NO_SPACE)
        if self._folders.free_data_bytes() < min(reserve_bytes, DATA_RESERVE_BYTES):
            raise StorageFull(NO_SPACE)

    def overloaded(self, n: int) -> Overloaded:
        """Return the refusal of `n` jobs, with the wait until there is room for them."""
        n_behind = max(0, self._store.n_waiting() - MOST_LOOKED_AT)
        schedule = replace(self.schedule(), n_behind=n_behind)
        wait_s = schedule.place_free_in_s(n, self._config.max_active_jobs, datetime.now(UTC))
        wait_s = max(1, math.ceil(UNKNOWN_WAIT_S if wait_s is None else wait_s))
        return Overloaded(OVERLOADED, wait_s, minutes=math.ceil(wait_s / 60))

    def forecasts(self, jobs: Sequence[Job]) -> list[Forecast]:
        """Forecast jobs of one visitor. Of those far behind in a long queue, some get a position."""
        schedule, now = self.schedule(), datetime.now(UTC)
        times = schedule.times(now)
        far = [job for job in jobs if job.status is JobStatus.QUEUED and job.id not in times]
        counted = self._store.positions(far[:MOST_COUNTED]) if far else {}
        return [schedule.forecast(job, now, times, counted.get(job.id)) for job in jobs]

    def schedule(self) -> Schedule:
        """Return the schedule, read once for all who look while nothing moves."""
        with self._lock:
            version, now = self._changes.last, time.monotonic()
            if self._seen and self._seen[0] == version and now - self._seen[1] < 1:
                return self._seen[2]
            gpu_stages = frozenset(self._config.gpu_stages if self._config.queue_url else ())
            schedule = Schedule(
                self._store.active(),
                self._speeds.latest(),
                self._seats(),
                0,
                self._speeds.of_devices(),
                gpu_stages,
            )
            self._seen = (version, now, schedule)
            return schedule
