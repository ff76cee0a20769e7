"""The threads that do the work: a small loop around each worker, the janitor and the renewer."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from app.config import Config
from app.integrations.wiring import PeriodicTask
from app.jobs.change_feed import ChangeFeed
from app.jobs.instance_lock import InstanceLock
from app.jobs.janitor import Janitor
from app.jobs.running import RunningJobs
from app.jobs.store import JobStore
from app.jobs.worker import DATABASE_AWAY, Worker

logger = logging.getLogger(__name__)

BEAT_S = 0.5  # progress is written, and a cancel by another process seen, twice a second
TAKE_BACK_EVERY = 4  # beats
LOOK_EVERY_S = 1.0  # for jobs that were accepted or queued again by another process


class JobThreads:
    """Works while this process is on duty, and stands by otherwise."""

    def __init__(
        self,
        *,
        config: Config,
        store: JobStore,
        claims: RunningJobs,
        changes: ChangeFeed,
        duty: InstanceLock,
        worker: Worker,
        janitor: Janitor,
        waiting: "queue.Queue[str | None]",
        periodic_tasks: Sequence[PeriodicTask] = (),
    ) -> None:
        self._errands = periodic_tasks
        self._running_errands: list[threading.Thread] = []
        self._store = store
        self._claims = claims
        self._changes = changes
        self._duty = duty
        self._worker = worker
        self._n_workers = config.workers
        self._janitor = janitor
        self._sweep_every_s = min(60.0, max(1.0, config.retention_s / 20))
        self._waiting = waiting
        self._threads: list[threading.Thread] = []
        self._renewer: threading.Thread | None = None
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._on_duty = threading.Event()
        self._beats = 0
        self._seen: tuple[int, object] = (0, None)

    def start(self) -> None:
        if self._threads:
            return
        self._stopping.clear()
        self._ended.clear()
        self._claims.resume()
        self._take_duty()
        if not self._on_duty.is_set():
            logger.warning("another process works on these jobs; this one takes over when it ends")
        self._threads = [
            _start(f"worker-{n + 1}", partial(self._loop, partial(self._worker.run_once, LOOK_EVERY_S)))
            for n in range(self._n_workers)
        ]
        self._threads.append(_start("janitor", partial(self._loop, self._sweep, self._sweep_every_s)))
        self._running_errands = [
            _start(task.name, partial(self._loop, task.turn, task.pause_s)) for task in self._errands
        ]
        self._renewer = _start("renewer", self._renew)

    def stop(self, timeout_s: float) -> None:
        """End the threads; a job that does not hear of it in time stays ours until the process ends."""
        self._stopping.set()
        self._claims.stop_all()
        self._changes.note()
        for _ in range(self._n_workers):
            self._waiting.put(None)
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        for thread in self._running_errands:  # one may wait for another system; it is taken up again
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            logger.warning("a job did not stop in %s s; the next process takes it up", timeout_s)
            return
        self._threads = []
        self._ended.set()
        if self._renewer:
            self._renewer.join()
        self._on_duty.clear()
        self._duty.leave()

    def _take_duty(self) -> None:
        if self._duty.take():
            n = self._claims.take_back()
            if n:
                logger.warning("%s jobs of a process that died are taken up again", n)
            self._janitor.settle_lost_files()
            self._on_duty.set()

    def _loop(self, turn: Callable[[], object], pause_s: float = 0.0) -> None:
        while not self._stopping.is_set():
            if self._on_duty.wait(BEAT_S):
                self._survive(turn)
                self._stopping.wait(pause_s)

    def _sweep(self) -> None:
        self._janitor.sweep(datetime.now(UTC))

    def _renew(self) -> None:
        """Beat until the workers have ended: their leases must hold until then."""
        while not self._ended.wait(BEAT_S):
            self._survive(self._beat)

    def _beat(self) -> None:
        self._beats += 1
        if not self._on_duty.is_set():
            self._take_duty()
        else:
            self._claims.renew()
            if self._beats % TAKE_BACK_EVERY == 0 and self._claims.take_back():
                self._waiting.put(None)
        if self._beats % 2 == 0:
            self._look_around()

    def _look_around(self) -> None:
        """Pass on what another process has changed in the queue."""
        last, seen = self._seen
        now = self._store.fingerprint()
        if last == self._changes.last and now != seen:
            self._changes.note()
            if self._on_duty.is_set():
                self._waiting.put(None)
        self._seen = (self._changes.last, now)

    def _survive(self, turn: Callable[[], object]) -> None:
        try:
            turn()
        except DATABASE_AWAY as error:  # expected, and told by every thread every second
            logger.warning("the database does not answer: %s", str(error).partition("\n")[0])
            self._stopping.wait(1.0)
        except Exception:
            logger.exception("a turn failed; the next one comes in a second")
            self._stopping.wait(1.0)


def _start(name: str, loop: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=loop, name=name, daemon=True)
    thread.start()
    return thread
