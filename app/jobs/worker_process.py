"""WorkerProcess: a process that does nothing but jobs, for Celery's workers."""

import os
import socket
import threading
import time
from collections.abc import Callable

from app.jobs.change_bus import ChangeBus
from app.jobs.instance_lock import Node
from app.jobs.loop import start_loop
from app.jobs.threads import BEAT_S
from app.jobs.worker import Worker
from app.jobs.workers import SHOW_EVERY_S, Workers

TOGETHER_S = 5.0  # by so much a time limit, which counts from the message, may come early
HEARS_WITHIN_S = 5.0  # Docker kills what has not ended after ten
SHOW_EVERY = round(SHOW_EVERY_S / BEAT_S)  # beats


class WorkerProcess:
    """Calls of `work` do the jobs; a thread writes their progress, hears of cancels and of the end.

    Args:
        ending: tells whether the program is to end: then the job in hand is given back.
    """

    def __init__(
        self, worker: Worker, workers: Workers, node: Node, bus: ChangeBus, ending: Callable[[], bool]
    ) -> None:
        self._worker = worker
        self._workers = workers
        self._node = node.node
        self._bus = bus
        self._ending = ending
        self._stopping = threading.Event()
        self._renewer: threading.Thread | None = None
        self._queues: tuple[str, ...] = ()
        self._n_done = self._beats = 0
        self._ends_at: float | None = None

    def start(self, queues: tuple[str, ...]) -> None:
        self._queues = queues
        self._worker.running.resume()
        self._bus.start(listens=False)
        self._renewer = start_loop("renewer", self._beat, self._stopping, BEAT_S)

    def work(self, queue: str) -> bool:
        """Do the next job of a queue, as far as its workers can. False: none waits.

        Where jobs are short, some are done for one message: each costs its way through the broker, and a
        message for which none is left costs one question.
        """
        until = time.monotonic() + TOGETHER_S
        n_before = self._n_done
        while self._worker.run_once(queue):
            self._n_done += 1
            if time.monotonic() > until or self._ending():
                break
        return self._n_done > n_before

    def stop(self) -> None:
        self._stopping.set()
        if self._renewer:
            self._renewer.join()
        self._bus.stop()
        self._workers.leave(self._node)

    def _end(self) -> None:
        """Have the job in hand stop; where it does not hear of it in time, give it back all the same."""
        now = time.monotonic()
        self._ends_at = self._ends_at or now + HEARS_WITHIN_S
        self._worker.running.stop_all()
        if now > self._ends_at:
            self._worker.running.give_back()

    def _beat(self) -> None:
        if self._ending():
            self._end()
        self._worker.running.renew()
        if self._beats % SHOW_EVERY == 0:
            name = f"{socket.gethostname()}:{os.getpid()}"
            self._workers.show(self._node, name, self._queues, self._n_done, self._worker.device)
        self._beats += 1
