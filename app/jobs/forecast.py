"""When a job will begin and be done, from the real schedule and this machine's own measured speeds.

Pure functions of the active jobs, the speeds and the time. A time that rests on no measurement is None.
"""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from app.jobs.job import Job, JobStatus
from app.jobs.queues import queue_of
from app.jobs.simulation import Seat, Waiting, play
from app.jobs.speed import Speed
from app.pipeline import INFOS

_OTHER_COST = 0.1  # of a stage that is unknown here
_PACE_FROM = 0.05  # progress below which its pace says nothing yet
_WORTH = 0.1  # of earlier measurements: as much as the job's own pace over so much of the stage
_LEAST_LEFT = 0.05  # of a stage, while it runs
_LATE_FROM, _LATE_FROM_S = 1.5, 30.0  # times what was foreseen, and by how much, before it is called late

Times = dict[str, tuple[float | None, float | None]]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a visitor sees of a job's future.

    position: 1 = next, None when not queued; starts_in_s, remaining_s (until done, waiting included): None
    where nothing was measured yet; fraction: 0..1 over all stages; elapsed_s: since the job was started;
    late: the running stage takes much longer than foreseen; unattended: no worker lives that could take it.
    """

    position: int | None
    starts_in_s: float | None
    remaining_s: float | None
    fraction: float
    elapsed_s: float | None
    late: bool = False
    unattended: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """The active jobs as they will be worked on: running first, then the queued in their order.

    speeds: of each stage, by whom it was done last; of_devices: of each stage on each device.
    gpu_stages: what the workers of that queue do.
    n_behind: further ones that wait behind these, of which no more is known.
    """

    active: Sequence[Job]
    speeds: Mapping[str, Speed]
    workers: Sequence[Seat]
    n_behind: int = 0
    of_devices: Mapping[tuple[str, str], Speed] = field(default_factory=dict)
    gpu_stages: frozenset[str] = frozenset()

    def forecast(
        self, job: Job, now: datetime, times: Times | None = None, counted: int | None = None
    ) -> Forecast:
        """Forecast one job; for jobs that are not active any more, what can be said without a schedule.

        times: of `times(now)`, where several jobs are asked for; counted: the position of a job that waits
        behind the active ones here.
        """
        elapsed_s = None
        if job.started_at:
            elapsed_s = max(0.0, ((job.finished_at or now) - job.started_at).total_seconds())
        if job.status.ended:
            fraction = 1.0 if job.status is JobStatus.DONE else self._fraction(job)
            return Forecast(None, None, None, fraction, elapsed_s)
        queued = [one.id for one in self.active if one.status is JobStatus.QUEUED and one.queue == job.queue]
        position = queued.index(job.id) + 1 if job.id in queued else counted
        waits = job.status is JobStatus.QUEUED
        times = self.times(now) if times is None else times
        if job.id in times or counted is None:
            starts_in_s, ends_in_s = times.get(job.id, (None, None))
        else:
            starts_in_s, ends_in_s = self._behind(job, now, times, counted)
        unattended = waits and not any(seat.takes(job.queue) for seat in self.workers)
        late, starts_in_s = self._late(job, now), starts_in_s if waits else None
        return Forecast(position, starts_in_s, ends_in_s, self._fraction(job), elapsed_s, late, unattended)

    def times(self, now: datetime) -> Times:
        """Play the schedule through: job id -> seconds until it starts and until it ends, None if unknown."""
        unit, seats = self._unit(now), self._seats()
        idle = [*range(len(seats))]
        free: list[tuple[float, int]] = []
        waiting: list[Waiting] = []
        times: Times = {}
        known = True
        for job in self.active:
            if job.status is not JobStatus.RUNNING:
                waiting.append(Waiting(job, 0.0, self._parts(job)))
                continue
            (_, stages), *parts = self._parts(job) or [(job.queue, [])]
            left = self._left(job, stages, now, unit)
            times[job.id] = (0.0, left)
            known = known and left is not None
            seat = next((n for n in idle if seats[n].takes(job.queue)), None)
            if seat is not None:
                idle.remove(seat)
                heapq.heappush(free, (left or 0.0, seat))
            if parts and left is not None:
                waiting.append(Waiting(job, left, parts, 0.0))
        for seat in idle:
            heapq.heappush(free, (0.0, seat))
        if known:
            play(waiting, free, seats, lambda job, stages, on: self._left(job, stages, now, unit, on))
        for one in waiting:
            times[one.job.id] = (one.started_s, one.ends_s)
        return times

    def _seats(self) -> list[Seat]:
        """Return the workers; of those that are alike not more than there are jobs."""
        return [seat for seat, n in Counter(self.workers).items() for _ in range(min(n, len(self.active)))]

    def _parts(self, job: Job) -> list[tuple[str, list[str]]]:
        """Return what is left of a job, by the queues whose workers do it one after the other."""
        stages = _unfinished(job)
        if not self.gpu_stages:
            return [(job.queue, stages)]
        groups = groupby(stages, lambda stage: queue_of(stage, self.gpu_stages))
        return [(queue, [*group]) for queue, group in groups] or [(job.queue, [])]

    def _speed(self, stage: str, device: str = "") -> Speed | None:
        """Return a stage's speed on a device, or on the one that all workers of its queue have."""
        queue = queue_of(stage, self.gpu_stages)
        devices = [device] if device else [*{seat.device for seat in self.workers if seat.takes(queue)}]
        known = self.of_devices.get((stage, devices[0])) if len(devices) == 1 else None
        return known or self.speeds.get(stage)

    def _behind(
        self, job: Job, now: datetime, times: Times, position: int
    ) -> tuple[float | None, float | None]:
        """Estimate a job that waits behind those that were played through, at the pace of these."""
        starts = [times[one.id][0] for one in self.active if one.status is JobStatus.QUEUED]
        known = [start for start in starts if start is not None]
        if not known or len(known) < len(starts):
            return None, None
        start = known[-1] * position / len(known)
        work_s = self._left(job, _unfinished(job), now, self._unit(now))
        return start, None if work_s is None else start + work_s

    def place_free_in_s(self, n_places: int, max_active: int, now: datetime) -> float | None:
        """Return after how many seconds `n_places` more jobs will be let in. None: not known."""
        to_end = len(self.active) + self.n_behind + n_places - max_active
        if to_end <= 0:
            return 0.0
        ends = [end for _, end in self.times(now).values() if end is not None]
        return sorted(ends)[to_end - 1] if to_end <= len(ends) else None

    def _left(
        self, job: Job, stages: Sequence[str], now: datetime, unit: float | None, device: str = ""
    ) -> float | None:
        """Estimate the work that is left in stages of a job, its running one at the pace that it shows."""
        left = 0.0
        for stage in stages:
            work = self._work_s(stage, job.duration_s, unit, device)
            if stage == job.stage:
                work = _left_of_stage(job, work, now)
            if work is None:
                return None
            left += work
        return left

    def _late(self, job: Job, now: datetime) -> bool:
        if job.stage_started_at is None or job.stage not in _unfinished(job):
            return False
        foreseen = self._work_s(job.stage, job.duration_s, self._unit(now))
        left = _left_of_stage(job, foreseen, now)
        if foreseen is None or left is None:
            return False
        needs = max(0.0, (now - job.stage_started_at).total_seconds()) + left
        return needs > max(_LATE_FROM * foreseen, foreseen + _LATE_FROM_S)

    def _work_s(
        self, stage: str, sound_s: float | None, unit: float | None, device: str = ""
    ) -> float | None:
        if speed := self._speed(stage, device):
            return speed.work_s(sound_s)
        if unit is None or sound_s is None:
            return None
        return _typical_cost(stage) * sound_s * unit

    def _unit(self, now: datetime) -> float | None:
        """Return how much slower than typical this machine is, by the pace of a running job."""
        for job in self.active:
            if job.started_at and job.duration_s:
                costs = {stage: _typical_cost(stage) for stage in job.stages}
                done = sum(costs[stage] for stage in job.stages if stage in job.engines)
                if job.stage in _unfinished(job):
                    done += costs[job.stage] * job.progress
                if done > _PACE_FROM * sum(costs.values()):
                    return max(0.0, (now - job.started_at).total_seconds()) / (done * job.duration_s)
        return None

    def _fraction(self, job: Job) -> float:
        """Return the share of the work that is done, stages weighed by what they cost."""
        sound_s = job.duration_s or 600.0
        cost = {
            stage: speed.work_s(sound_s) if (speed := self._speed(stage)) else None for stage in job.stages
        }
        if None in cost.values():  # shares must be of one kind
            cost = {stage: _typical_cost(stage) * sound_s for stage in job.stages}
        whole = sum(work or 0.0 for work in cost.values())
        left = sum((cost[stage] or 0.0) for stage in _unfinished(job))
        running = (
            (cost[job.stage] or 0.0) * job.progress if job.stage in _unfinished(job) and job.stage else 0.0
        )
        return min(1.0, max(0.0, 1 - (left - running) / whole)) if whole else 0.0


def _left_of_stage(job: Job, work_s: float | None, now: datetime) -> float | None:
    """Estimate what is left of the running stage, counted down from its last report.

    Where no report comes when it is due, as much again is left as it is late: it grows until one comes.

    work_s: of the whole stage as measured before. It speaks at the beginning, the job's own pace at the end.
    """
    if job.stage_started_at is None:
        return work_s
    reported_at = job.progressed_at or job.stage_started_at
    if job.progress > _PACE_FROM:
        pace = max(0.0, (reported_at - job.stage_started_at).total_seconds()) / job.progress
        weight = job.progress / (job.progress + _WORTH)
        work_s = pace if work_s is None else weight * pace + (1 - weight) * work_s
    if work_s is None:
        return None
    left = work_s * (1 - job.progress) - max(0.0, (now - reported_at).total_seconds())
    return max(left, _LEAST_LEFT * work_s * (1 - job.progress) + max(0.0, -left))


def _unfinished(job: Job) -> list[str]:
    """Return the stages still to be done; what a running job has behind it unfinished has failed."""
    running = job.status is JobStatus.RUNNING and job.stage in job.stages
    at = job.stages.index(job.stage) if running and job.stage else 0
    return [stage for stage in job.stages[at:] if stage not in job.engines]


def _typical_cost(stage: str) -> float:
    return INFOS[stage].typical_cost if stage in INFOS else _OTHER_COST
