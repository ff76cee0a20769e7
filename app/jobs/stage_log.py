"""StageLog: what a worker notes of the stages of one job, in its row and for the forecasts."""

import time

from app import tracing
from app.jobs.change_feed import ChangeFeed
from app.jobs.job import Job
from app.jobs.job_files import JobFiles
from app.jobs.leases import Leases, StageEnd
from app.jobs.running import RunningJob
from app.jobs.speeds import Measured
from app.pipeline import artifacts
from app.pipeline.recording import Recording


class StageLog:
    """Follows one run of the pipeline.

    measured: the stages that had to work; last: the end of the job's last stage, which `finish` writes.
    """

    def __init__(
        self, running: RunningJob, job: Job, leases: Leases, changes: ChangeFeed, files: JobFiles
    ) -> None:
        self.measured: list[Measured] = []
        self.last: StageEnd | None = None
        self._last_stage = job.stages[-1]
        self._running = running
        self._owner, self._job_id, self._files = job.owner, job.id, files
        self._engines = dict(job.engines)
        self._leases = leases
        self._changes = changes
        self._began = 0.0

    def begin(self, stage: str) -> None:
        self._running.begin(stage)
        self._leases.begin_stage(self._running.lease, stage)
        self._began = time.monotonic()

    def end(self, stage: str, recording: Recording) -> None:
        work_s = time.monotonic() - self._began
        with tracing.span("save"):
            self._files.save(self._job_id)
        engine = self._engines[stage] = artifacts.engine_of(stage, recording)
        sound_s = recording.media.duration_s if recording.media else None
        worked = self._running.reported  # not so where its artifact was there already
        if stage == self._last_stage:
            self.last = StageEnd(self._engines, sound_s)
        else:
            self._leases.end_stage(self._running.lease, self._engines, sound_s, worked)
            self._changes.note(self._owner)
        if worked and sound_s:
            self.measured.append(Measured(stage, engine, sound_s, work_s))
