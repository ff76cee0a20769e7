"""Device: the one thread that computes; engines ask it for turns of a short quantum, the urgent ones first.

openai-whisper keeps its key-value cache as hooks on shared modules, so two threads in one model
corrupt each other: results are right only with one thread a device, and computing in turns is faster too.
"""

import itertools
import math
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from enum import IntEnum
from pathlib import Path
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Priority(IntEnum):
    """Who goes first when the device becomes free. Equals go in the order in which they asked."""

    LIVE_FINAL = 0
    LIVE_PARTIAL = 1
    INTERACTIVE = 2
    BATCH = 3


WAIT_S = 0.2  # between two looks at whether the waiting is still wanted
LATELY_S = 5.0  # since the last more urgent work, in which the next is to be expected
_LAST = max(Priority) + 1  # the order to stop stands behind all work that waits


def cores(threads: int = 0) -> int:
    """Return `threads` or, for 0, the cores that this process may use."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return threads or allowed or 1


class Device:
    """The one thread that computes on a GPU or the CPU.

    Args:
        name: torch's name of the device: "cpu", "cuda", "cuda:1", "mps".

    Ask for quanta of at most about 300 ms on a GPU (one batch of windows, a few decode steps):
    between them a job sees whether it was cancelled, and live speech overtakes long files.
    """

    def __init__(self, name: str = "cpu") -> None:
        self.name = name
        self._waiting: queue.PriorityQueue[tuple[int, int, Future[Any], Callable[[], Any] | None]] = (
            queue.PriorityQueue()
        )
        self._order = itertools.count()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._asked_at = dict.fromkeys(Priority, -math.inf)

    @property
    def kind(self) -> str:
        """The kind of device ("cuda", "cpu"); while it is "auto", judged by whether there is a driver."""
        if self.name == "auto":
            return "cuda" if Path("/proc/driver/nvidia/version").exists() else "cpu"
        return self.name.partition(":")[0]

    def turn(
        self, priority: Priority, work: Callable[[], T], meanwhile: Callable[[], None] | None = None
    ) -> T:
        """Run `work` on the device's thread and return what it returns or raise what it raises.

        Args:
            meanwhile: called now and then while waiting, for work that cannot look up itself (loading a
                model); what it raises ends the waiting, and `work` goes on for whoever needs it next.
        """
        if threading.current_thread() is self._thread:
            return work()
        with self._lock:
            if self._thread is None:
                raise RuntimeError("the device is not started")
            self._asked_at[priority] = time.monotonic()
            future: Future[T] = Future()
            self._waiting.put((priority, next(self._order), future, work))
        while meanwhile is not None and not wait([future], WAIT_S).done:
            meanwhile()
        return future.result()

    def is_wanted(self, priority: Priority) -> bool:
        """Tell whether more urgent work was asked for lately: then turns should be as short as they can."""
        now = time.monotonic()
        return any(now - self._asked_at[more] < LATELY_S for more in Priority if more < priority)

    def run_once(self) -> bool:
        """Wait for the next piece of work and do it. False: it was the order to stop."""
        _, _, future, work = self._waiting.get()
        if work is None:
            return False
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  it belongs to whoever asked, JobCancelled too
            future.set_exception(error)
        return True

    def start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._loop, name=f"konspekt-device-{self.name}", daemon=True
                )
                self._thread.start()

    def stop(self) -> None:
        """Finish what was asked for, then end the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._waiting.put((_LAST, next(self._order), Future(), None))
        if thread is not None:
            thread.join()

    def _loop(self) -> None:
        while self.run_once():
            pass

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()
