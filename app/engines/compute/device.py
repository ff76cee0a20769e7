"""Device: the one thread that computes; engines ask it for turns of a short quantum, the urgent ones first.

openai-whisper keeps its key-value cache as hooks on shared modules, so two threads in one model
corrupt each other: results are right only with one thread a device, and computing in turns is faster too.
"""

import heapq
import itertools
import math
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any, Self, TypeVar

from app.engines.compute.memory import give_back, keep_freed
from app.engines.compute.pacing import LATELY_S, Pacing

T = TypeVar("T")


class Priority(IntEnum):
    """Who goes first when the device becomes free. Equals go in the order in which they asked."""

    LIVE_FINAL = 0
    LIVE_PARTIAL = 1
    INTERACTIVE = 2
    BATCH = 3


WAIT_S = 0.2  # between two looks at whether the waiting is still wanted
IDLE_S = 2.0  # without work, after which memory goes back to the system
_LAST = max(Priority) + 1  # the order to stop stands behind all work that waits


@dataclass(frozen=True, order=True, slots=True)
class _Ask:
    """A turn that waits. work: None is the order to stop; asked_at: by time.monotonic."""

    priority: int
    number: int
    asked_at: float = field(compare=False)
    future: Future[Any] = field(compare=False)
    work: Callable[[], Any] | None = field(compare=False)

    @property
    def live(self) -> bool:
        return self.priority <= Priority.LIVE_PARTIAL


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
        keep_freed()  # before engines are loaded: a thread that has memory of its own by then keeps to it
        self.name = name
        self._waiting: list[_Ask] = []  # a heap
        self._order = itertools.count()
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self._pacing = Pacing()
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
        with self._changed:
            if self._thread is None:
                raise RuntimeError("the device is not started")
            self._asked_at[priority] = time.monotonic()
            future: Future[T] = Future()
            self._ask(priority, future, work)
        while meanwhile is not None and not wait([future], WAIT_S).done:
            meanwhile()
        return future.result()

    def is_wanted(self, priority: Priority) -> bool:
        """Tell whether more urgent work was asked for lately: then turns should be as short as they can."""
        now = time.monotonic()
        return any(now - self._asked_at[more] < LATELY_S for more in Priority if more < priority)

    def overtaken(self, priority: Priority) -> bool:
        """Tell whether more urgent work waits: for work that cannot be done in short turns."""
        with self._changed:
            return bool(self._waiting) and self._waiting[0].priority < priority

    def run_once(self) -> bool:
        """Wait for the next piece of work and do it. False: it was the order to stop."""
        ask = self._next()
        if ask.work is None:
            return False
        began = time.monotonic()
        try:
            result, failed = ask.work(), None
        except BaseException as error:  # noqa: BLE001  it belongs to whoever asked, JobCancelled too
            result, failed = None, error
        with self._changed:
            self._pacing.ended(live=ask.live, began=began, now=time.monotonic())
        if failed is None:
            ask.future.set_result(result)
        else:
            ask.future.set_exception(failed)
        return True

    def _ask(self, priority: int, future: Future[Any], work: Callable[[], Any] | None) -> None:
        ask = _Ask(priority, next(self._order), time.monotonic(), future, work)
        self._pacing.asked(live=ask.live, now=ask.asked_at)
        heapq.heappush(self._waiting, ask)
        self._changed.notify()

    def _next(self) -> _Ask:
        """Wait for the most urgent work, and for its time where it has to keep back."""
        idle_s: float | None = IDLE_S
        with self._changed:
            while True:
                wait_s = idle_s
                if self._waiting:
                    first = self._waiting[0]
                    keeps_back = self._thread is not None and not first.live
                    wait_s = self._pacing.wait_s(first.asked_at, time.monotonic()) if keeps_back else 0.0
                if wait_s == 0.0:
                    return heapq.heappop(self._waiting)
                if not self._changed.wait(wait_s) and not self._waiting:
                    give_back()
                    idle_s = None

    def start(self) -> None:
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._loop, name=f"konspekt-device-{self.name}", daemon=True
                )
                self._thread.start()

    def stop(self) -> None:
        """Finish what was asked for, then end the thread."""
        with self._changed:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._ask(_LAST, Future(), None)
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
