"""The queue played through: which worker takes which part of which job, and when. For `forecast`."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.jobs.job import Job


@dataclass(frozen=True, slots=True)
class Seat:
    """A worker. queues: whose jobs it takes, None: of all; device: cpu or cuda, "": not known."""

    queues: frozenset[str] | None = None
    device: str = ""

    def takes(self, queue: str) -> bool:
        return self.queues is None or queue in self.queues


@dataclass(slots=True)
class Waiting:
    """A job that waits for a worker, and what becomes of it; None: that cannot be said.

    parts: what is still to be done, by the queue whose workers do it, with the stages of each.
    """

    job: Job
    ready_s: float
    parts: list[tuple[str, list[str]]]
    started_s: float | None = None
    ends_s: float | None = None


Work = Callable[[Job, Sequence[str], str], float | None]  # seconds of stages of a job, on a device


def play(
    waiting: Sequence[Waiting], free: list[tuple[float, int]], seats: Sequence[Seat], work: Work
) -> None:
    """Let each worker, as it becomes free, take the first part that it may, up to the first unknown work.

    free: a heap of when each of the `seats` is free.
    """
    left, parked = [*waiting], list[int]()
    while left and free:
        at_s, n = heapq.heappop(free)
        mine = [one for one in left if seats[n].takes(one.parts[0][0])]
        ready = [one for one in mine if one.ready_s <= at_s]
        if not mine:
            parked.append(n)  # until others have done their part of a job
            continue
        if not ready:
            heapq.heappush(free, (min(one.ready_s for one in mine), n))
            continue
        one = ready[0]
        work_s = work(one.job, one.parts[0][1], seats[n].device)
        one.started_s = at_s if one.started_s is None else one.started_s
        if work_s is None:
            return
        one.ready_s = at_s + work_s
        for seat in (n, *parked):
            heapq.heappush(free, (one.ready_s, seat))
        parked.clear()
        one.parts = one.parts[1:]
        if not one.parts:
            one.ends_s = one.ready_s
            left.remove(one)
