"""RunningJobs: the jobs that this process works on, and those taken back from processes that have died."""

import threading
import time
import uuid
from enum import Enum

from app.config import Config
from app.errors import JobCancelled
from app.jobs.change_feed import ChangeFeed
from app.jobs.instance_lock import Node
from app.jobs.job import Job
from app.jobs.leases import Leases
from app.jobs.steady_clock import SteadyClock


class Stop(Enum):
    """Why a job must stop."""

    CANCELLED = "its owner said so"
    STOPPING = "the program ends"
    LOST = "the job is another worker's"


class RunningJob:
    """One job that a worker runs. `report` is called thousands of times, so it only notes."""

    def __init__(self) -> None:
        self.lease = uuid.uuid4().hex
        self.job: Job | None = None
        self.stage: str | None = None
        self.progress = 0.0
        self.reported = False
        self.stop: Stop | None = None
        self.written: tuple[str | None, float] = (None, 0.0)
        self.renewed_at = time.monotonic()

    def begin(self, stage: str) -> None:
        """Turn to a stage, which may turn out to be finished already: then it reports nothing."""
        self.report(stage, 0.0)
        self.stage, self.progress, self.reported = stage, 0.0, False

    def report(self, _stage: str, progress: float) -> None:
        """Note the progress 0..1 of the stage; raise JobCancelled where the work must stop."""
        self.go_on()
        self.reported = True
        self.progress = min(1.0, max(self.progress, progress))

    def go_on(self) -> None:
        """Raise JobCancelled where the work must stop."""
        if self.stop is not None:
            raise JobCancelled(self.stop.value)


class RunningJobs:
    """All jobs that run in this process. A lease stands here from before the database knows it."""

    def __init__(self, config: Config, leases: Leases, changes: ChangeFeed, instance: Node) -> None:
        self._leases = leases
        self._changes = changes
        self._instance = instance
        self._lease_s = config.lease_s
        self._open: dict[str, RunningJob] = {}
        self._lock = threading.Lock()
        self._claiming = threading.Lock()  # PostgreSQL would let two claims not see each other
        self._stopping = threading.Event()
        self._clock = SteadyClock()  # by it, leases of other nodes run out
        self._began: float | None = None
        self.n_lost = 0  # leases that were taken back from processes that have died

    def take(self, queue: str | None = None) -> tuple[RunningJob, Job] | None:
        """Take the next job of the schedule, or of a queue. None: nothing waits, or we stop."""
        running = RunningJob()
        with self._lock:
            if self._stopping.is_set():
                return None
            self._open[running.lease] = running
        job: Job | None = None
        try:
            with self._claiming:
                node = self._instance.node
                job = running.job = self._leases.claim(node, running.lease, self._lived_s, queue)
        finally:
            if job is None:
                self.close(running)
        if job is None:
            return None
        with self._lock:  # `stop_all` may have been called while the database was asked
            if self._stopping.is_set():
                running.stop = Stop.STOPPING
        self._changes.note()
        return running, job

    def close(self, running: RunningJob) -> None:
        """Let go of a job. What the database still says of it is taken back like a dead process's."""
        with self._lock:
            self._open.pop(running.lease, None)

    def stop(self, job_id: str) -> None:
        """Make a job's next report raise."""
        for running in self._taken():
            if running.job and running.job.id == job_id:
                running.stop = running.stop or Stop.CANCELLED

    def stop_all(self) -> None:
        """Make every job's next report raise, and take no other."""
        with self._lock:
            self._stopping.set()
        for running in self._taken():
            running.stop = running.stop or Stop.STOPPING

    def give_back(self) -> None:
        """Queue again what does not stop, as if it had not been taken: the process ends in a moment.

        What its thread may still do then is lost, like the work of a worker that has lost its lease.
        """
        for running in self._taken():
            self._leases.release(running.lease)
        self._changes.note()

    def resume(self) -> None:
        """Take jobs again."""
        self._stopping.clear()
        self._began = time.monotonic() if self._began is None else self._began

    def renew(self) -> None:
        """Do one turn: write progress, keep the leases, hear of the cancels of other processes."""
        open_jobs = self._taken()
        if not open_jobs:
            return
        wanted = self._leases.wanted([running.lease for running in open_jobs])
        for running in open_jobs:
            if running.lease not in wanted:
                running.stop = running.stop or Stop.LOST  # or the job has just ended: then nobody reads it
                continue
            if wanted[running.lease]:
                running.stop = running.stop or Stop.CANCELLED
            self._renew(running)

    def take_back(self) -> int:
        """Queue again what nobody works on any more, and wake those who look on."""
        if self._began is None:
            self._began = time.monotonic()
        n = self._leases.take_back(self._instance.node, self._held, self._clock.now())
        if n:
            self.n_lost += n
            self._changes.note()
        return n

    @property
    def _lived_s(self) -> float:
        """For how long this process has worked: a look for what others left is the first that it does."""
        return time.monotonic() - self._began if self._began is not None else 0.0

    def _held(self) -> set[str]:
        with self._lock:
            return set(self._open)

    def _taken(self) -> list[RunningJob]:
        with self._lock:
            return [running for running in self._open.values() if running.job]

    def _renew(self, running: RunningJob) -> None:
        stage, progress = running.stage, round(running.progress, 3)
        now = time.monotonic()
        if running.job and stage and (stage, progress) != running.written:
            self._leases.progress(running.lease, stage, progress)
            running.written = (stage, progress)
            self._changes.note(running.job.owner)
        elif now - running.renewed_at > self._lease_s / 4:
            self._leases.renew(running.lease)
        else:
            return
        running.renewed_at = now
