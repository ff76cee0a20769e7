"""Pictures: of videos that browsers do not play, a small copy is made in a thread of its own after the job.

Who opens the page before hears the sound. What was not made when the program ended is made after its start.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from app.audio.media import Media
from app.errors import AppError, JobCancelled
from app.jobs.folders import Folders
from app.jobs.job import Job, JobStatus
from app.jobs.job_files import JobFiles
from app.jobs.results import JobResults
from app.pipeline.playback import PICTURE, make_picture, needs_picture

logger = logging.getLogger(__name__)

WAIT_S = 1.0
LOOK_EVERY_S = 10.0


class Pictures:
    """Makes one copy at a time; knows until the program ends how far each is, and which could not be made."""

    def __init__(
        self, folders: Folders, files: JobFiles, results: JobResults, jobs: Callable[[], list[Job]]
    ) -> None:
        """Take where files are, what jobs have found, and all jobs that there are."""
        self._folders = folders
        self._files = files
        self._results = results
        self._jobs = jobs
        self._waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._fractions: dict[str, float | None] = {}  # None: it could not be made
        self._stopping = threading.Event()
        self._seen: set[str] = set()
        self._look_at = 0.0

    def want(self, job: Job) -> float | None:
        """Have a copy made, where it is not yet; return how far it is, 0..1. None: it cannot be made."""
        if job.id not in self._fractions:
            self._fractions[job.id] = 0.0
            self._waiting.put(job)
        return self._fractions[job.id]

    def run_once(self) -> None:
        """Make the next copy, or wait a moment for one."""
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_EVERY_S
            self._look()
        try:
            job = self._waiting.get(timeout=WAIT_S)
        except queue.Empty:
            return
        self._work(job)

    def stop(self) -> None:
        """End the work."""
        self._stopping.set()

    def _look(self) -> None:
        """Find jobs that are done since the last look, wherever they were worked on."""
        done = [job for job in self._jobs() if job.status is JobStatus.DONE]
        for job in done:
            with suppress(AppError, OSError):  # its page asks again
                if job.id not in self._seen and self._media(job):
                    self.want(job)
        self._seen = {job.id for job in done}

    def _media(self, job: Job) -> Media | None:
        """Return what is in a recording that lacks its copy."""
        if "extract" not in job.stages:
            return None
        recording = self._results.recording(job, ("extract",))
        lacks = needs_picture(recording.media) and not self._results.has_file(job, PICTURE)
        return recording.media if lacks else None

    def _work(self, job: Job) -> None:
        folder = self._folders.result(job.id)

        def report(done: float) -> None:
            if self._stopping.is_set() or not folder.exists():
                raise JobCancelled
            self._fractions[job.id] = done

        try:
            if media := self._media(job):
                report(0.0)
                make_picture(self._results.source(job), media, folder / PICTURE, report)
                self._files.save(job.id)
            del self._fractions[job.id]
        except JobCancelled:
            del self._fractions[job.id]
        except (AppError, OSError) as error:
            logger.info("job %s keeps its sound alone: %s", job.id, error)
            self._fractions[job.id] = None
