"""The threads of the queue: the workers' dispatcher, the janitor, the renewer and the periodic tasks."""

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from app.jobs.change_bus import ChangeBus
from app.jobs.change_feed import ChangeFeed
from app.jobs.database import DATABASE_AWAY
from app.jobs.dispatcher import Dispatcher
from app.jobs.hooks import PeriodicTask
from app.jobs.instance_lock import Lock
from app.jobs.janitor import Janitor
from app.jobs.loop import start_loop
from app.jobs.running import RunningJobs
from app.jobs.steady_clock import SteadyClock
from app.jobs.store import JobStore

logger = logging.getLogger(__name__)

BEAT_S = 0.5  # progress is written, and a cancel by another process seen, twice a second
TAKE_BACK_EVERY = 4  # beats
LOOK_AROUND_EVERY = 2  # beats
LOOK_AROUND_EVERY_WHEN_TOLD = 60  # where other processes tell what they change


class JobThreads:
    """Works while this process holds the lock; until then, the renewer tries to take it."""

    def __init__(
        self,
        *,
        store: JobStore,
        running: RunningJobs,
        changes: ChangeFeed,
        bus: ChangeBus | None,
        lock: Lock,
        dispatcher: Dispatcher,
        janitor: Janitor,
        sweep_every_s: float,
        periodic_tasks: Sequence[PeriodicTask],
        everywhere: Sequence[PeriodicTask],
    ) -> None:
        self._store = store
        self._running = running
        self._changes = changes
        self._bus = bus
        self._lock = lock
        self._dispatcher = dispatcher
        self._janitor = janitor
        self._clock = SteadyClock()
        self._sweep_every_s = sweep_every_s
        self._tasks, self._everywhere = periodic_tasks, everywhere
        self._renewer: threading.Thread | None = None
        self._sweeper: threading.Thread | None = None
        self._task_threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._standing_down = threading.Event()
        self._workers_ended = threading.Event()
        self._starting = threading.Lock()
        self._beats = 0
        self._seen: tuple[int, object] = (0, None)

    def start(self) -> None:
        if self._renewer:
            return
        self._stopping.clear()
        self._workers_ended.clear()
        if self._bus:
            self._bus.start(listens=True)
        self._take_over()
        if not self._sweeper:
            logger.warning("another process works on these jobs; this one takes over when it ends")
        self._renewer = start_loop("renewer", self._beat, self._workers_ended, BEAT_S)
        for task in self._everywhere:
            start_loop(task.name, task.turn, self._workers_ended, task.pause_s)

    def stop(self, timeout_s: float) -> None:
        """End the threads; a job that does not hear of it in time is given back all the same."""
        deadline = time.monotonic() + timeout_s
        with self._starting:
            self._stopping.set()
            self._standing_down.set()
        self._changes.note()
        ended = self._dispatcher.stop(timeout_s)
        # A task may be waiting for another system; what it was at is taken up again.
        for thread in (*([self._sweeper] if self._sweeper else []), *self._task_threads):
            thread.join(max(0.0, deadline - time.monotonic()))
        if not ended or (self._sweeper and self._sweeper.is_alive()):
            logger.warning("a job did not stop in %s s; the next process takes it up", timeout_s)
            with suppress(*DATABASE_AWAY):  # then it is taken back like a dead process's
                self._running.give_back()
            return
        self._workers_ended.set()
        if self._renewer:
            self._renewer.join()
        self._renewer = self._sweeper = None
        self._lock.leave()
        if self._bus:
            self._bus.stop()

    def _take_over(self) -> None:
        """Begin the work, if no other process is at it."""
        if not self._lock.take():
            return
        n = self._running.take_back()
        if n:
            logger.warning("%s jobs of a process that died are taken up again", n)
        self._janitor.settle_lost_files()
        with self._starting:
            if self._stopping.is_set():
                return
            ends = self._standing_down = threading.Event()
            self._dispatcher.start()
            self._sweeper = start_loop("janitor", self._sweep, ends, self._sweep_every_s)
            self._task_threads = [
                start_loop(task.name, task.turn, ends, task.pause_s) for task in self._tasks
            ]

    def _stand_down(self) -> None:
        """Leave the work to the process that has the lock now. Turns that are under way end by themselves."""
        with self._starting:
            if not self._stopping.is_set():
                self._standing_down.set()
                self._dispatcher.stop(0.0)
                self._sweeper, self._task_threads = None, []

    def _sweep(self) -> None:
        self._janitor.sweep(self._clock.now())

    def _beat(self) -> None:
        """Do one turn of the renewer, which outlives the workers: until they end, their leases must hold."""
        self._beats += 1
        if self._sweeper and self._lock.is_lost():
            self._stand_down()
        if not self._sweeper:
            self._take_over()
        else:
            self._running.renew()
            if self._beats % TAKE_BACK_EVERY == 0:
                self._running.take_back()
        told = self._bus is not None and self._bus.is_heard
        if self._beats % (LOOK_AROUND_EVERY_WHEN_TOLD if told else LOOK_AROUND_EVERY) == 0:
            self._look_around()

    def _look_around(self) -> None:
        """Tell those who look on what another process has changed in the queue."""
        last, seen = self._seen
        now = self._store.fingerprint()
        if last == self._changes.last and now != seen:
            self._changes.note()
        self._seen = (self._changes.last, now)
