"""The jobs that this process works on: taken, kept by renewed leases, stopped, taken back from the dead."""

import threading
import time
import uuid
from datetime import UTC, datetime
from enum import Enum

from app.config import Config
from app.errors import JobCancelled
from app.jobs.change_feed import ChangeFeed
from app.jobs.instance_lock import InstanceLock
from app.jobs.job import Job
from app.jobs.leases import Leases


class Stop(Enum):
    """Why a job must stop."""

    CANCELLED = "its owner said so"
    STOPPING = "the program ends"
    LOST = "the job is another worker's"


class RunningJob:
    """One job in the hands of one worker. `report` is called thousands of times, so it only notes."""

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
        if self.stop is not None:
            raise JobCancelled(self.stop.value)
        self.reported = True
        self.progress = min(1.0, max(self.progress, progress))


class RunningJobs:
    """All claims of this process. A lease stands here before the database knows it, until it is settled."""

    def __init__(self, config: Config, leases: Leases, changes: ChangeFeed, duty: InstanceLock) -> None:
        self._leases = leases
        self._changes = changes
        self._duty = duty
        self._lease_s = config.lease_s
        self._open: dict[str, RunningJob] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def take(self) -> tuple[RunningJob, Job] | None:
        """Take the next job of the schedule. None: nothing waits, or we stop."""
        claim = RunningJob()
        with self._lock:
            if self._stopping.is_set():
                return None
            self._open[claim.lease] = claim
        job: Job | None = None
        try:
            job = claim.job = self._leases.claim(self._duty.node, claim.lease)
        finally:
            if job is None:
                self.close(claim)
        if job is None:
            return None
        with self._lock:  # `stop_all` may have passed by while the database thought
            if self._stopping.is_set():
                claim.stop = Stop.STOPPING
        self._changes.note()
        return claim, job

    def close(self, claim: RunningJob) -> None:
        """Let go of a claim. What the database still says of it is taken back like a dead process's."""
        with self._lock:
            self._open.pop(claim.lease, None)

    def stop(self, job_id: str) -> None:
        """Make a job's next report raise."""
        for claim in self._running():
            if claim.job and claim.job.id == job_id:
                claim.stop = claim.stop or Stop.CANCELLED

    def stop_all(self) -> None:
        """Make every job's next report raise, and take no other."""
        with self._lock:
            self._stopping.set()
        for claim in self._running():
            claim.stop = claim.stop or Stop.STOPPING

    def resume(self) -> None:
        """Take jobs again."""
        self._stopping.clear()

    def renew(self) -> None:
        """Do one turn: write progress, keep the leases, hear of the cancels of other processes."""
        running = self._running()
        if not running:
            return
        wanted = self._leases.wanted([claim.lease for claim in running])
        for claim in running:
            if claim.lease not in wanted:
                claim.stop = claim.stop or Stop.LOST  # or settled by its worker just now, then nobody looks
                continue
            if wanted[claim.lease]:
                claim.stop = claim.stop or Stop.CANCELLED
            self._renew(claim)

    def take_back(self) -> int:
        """Queue again what nobody works on any more, and wake those who look on."""
        with self._lock:
            mine = [*self._open]
        n = self._leases.take_back(self._duty.node, mine, datetime.now(UTC))
        if n:
            self._changes.note()
        return n

    def _running(self) -> list[RunningJob]:
        with self._lock:
            return [claim for claim in self._open.values() if claim.job]

    def _renew(self, claim: RunningJob) -> None:
        stage, progress = claim.stage, round(claim.progress, 3)
        now = time.monotonic()
        if claim.job and stage and (stage, progress) != claim.written:
            self._leases.progress(claim.lease, stage, progress)
            claim.written = (stage, progress)
            self._changes.note(claim.job.owner)
        elif now - claim.renewed_at > self._lease_s / 4:
            self._leases.renew(claim.lease)
        else:
            return
        claim.renewed_at = now
