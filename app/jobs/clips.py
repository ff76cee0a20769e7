"""Clips of recordings: asked for on a page, made one after another in a thread of their own.

What is asked for stands in the recording's folder before anything is made of it (`clips/<id>.json`), so a
clip that a kill cut off is made after the next start. It goes with the recording.
"""

import errno
import logging
import queue
import shutil
import threading
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from app.audio.atomic import atomic_write
from app.errors import N_, AppError, Conflict, JobCancelled, NotFound, Overloaded
from app.jobs.folders import Folders
from app.jobs.job import Job, JobError
from app.jobs.job_files import JobFiles
from app.jobs.results import JobResults
from app.pipeline.clip import ClipRequest, make_clip

logger = logging.getLogger(__name__)

FOLDER = "clips"
MAX_OF_A_JOB = 20
MAX_WAITING = 50
WAIT_S = 1.0
KINDS = {"mp4": "video/mp4", "mp3": "audio/mpeg", "srt": "application/x-subrip; charset=utf-8"}
UNKNOWN = N_("There is no such clip. It may have been deleted.")
TOO_MANY = N_("This recording has as many clips as it may have. Delete one of them first.")
BUSY = N_("Many clips are being made already. Please try again in a moment.")
BROKE = N_("The clip could not be made. Try again, or choose other lines.")
DISK_FULL = N_("The disk is full. Delete results that you no longer need, then try again.")

MakeClip = Callable[..., Path]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A clip as it is kept. error: why it could not be made."""

    request: ClipRequest
    asked_at: datetime
    error: JobError | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip as its owner sees it. fraction: 0..1 while it is made, None while it waits or where it failed.

    files: what is there of it, by extension, the clip itself before its subtitles.
    """

    id: str
    request: ClipRequest
    asked_at: datetime
    fraction: float | None
    files: tuple[str, ...]
    error: JobError | None

    @property
    def state(self) -> str:
        if self.files:
            return "done"
        if self.error:
            return "failed"
        return "waiting" if self.fraction is None else "running"


_KEPT = TypeAdapter(_Kept)


class Clips:
    """The clips of all recordings. Whose a job is, the caller has asked `JobService.get`."""

    def __init__(
        self,
        folders: Folders,
        files: JobFiles,
        results: JobResults,
        active: Callable[[], list[Job]],
        make: MakeClip = make_clip,
    ) -> None:
        """Take where files are, what jobs have found, and all jobs that there are."""
        self._folders = folders
        self._stored = files
        self._results = results
        self._jobs = active
        self._make = make
        self._waiting: queue.Queue[tuple[Job, str]] = queue.Queue(MAX_WAITING)
        self._fractions: dict[str, float] = {}
        self._stopping = threading.Event()
        self._looked = False

    def ask(self, job: Job, request: ClipRequest) -> Clip:
        """Have a clip made. Raises Conflict where the job has too many, Overloaded where too many wait."""
        folder = self._folder(job.id)
        self._stored.load(job)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if len(list(folder.glob("*.json"))) >= MAX_OF_A_JOB:
            raise Conflict(TOO_MANY)
        if self._waiting.full():
            raise Overloaded(BUSY, 10)
        clip_id = uuid.uuid4().hex
        self._keep(job.id, clip_id, _Kept(request, datetime.now(UTC)))
        try:
            self._waiting.put_nowait((job, clip_id))
        except queue.Full:
            (folder / f"{clip_id}.json").unlink()
            raise Overloaded(BUSY, 10) from None
        return self.get(job, clip_id)

    def of(self, job: Job) -> list[Clip]:
        """Return a job's clips, newest first."""
        self._stored.load(job)
        there = self._stored.names(job.id, self._folder(job.id))
        found = [self._clip(path, there) for path in self._folder(job.id).glob("*.json")]
        return sorted((clip for clip in found if clip), key=lambda clip: clip.asked_at, reverse=True)

    def get(self, job: Job, clip_id: str) -> Clip:
        """Raise NotFound for what is unknown or deleted."""
        clip = next((clip for clip in self.of(job) if clip.id == clip_id), None)
        if clip is None:
            raise NotFound(UNKNOWN)
        return clip

    def file(self, job: Job, clip_id: str, kind: str) -> Path:
        """Return one of a clip's files. Raises NotFound where it is not there."""
        clip = self.get(job, clip_id)
        if kind not in clip.files:
            raise NotFound(UNKNOWN)
        path = self._folder(job.id) / f"{clip.id}.{kind}"
        if not self._stored.fetch(job.id, path):
            raise NotFound(UNKNOWN)
        return path

    def delete(self, job: Job, clip_id: str) -> None:
        """Take a clip away; one that is being made ends."""
        clip = self.get(job, clip_id)
        for kind in ("json", *KINDS):  # the request first: without it nothing is made any more
            path = self._folder(job.id) / f"{clip.id}.{kind}"
            path.unlink(missing_ok=True)
            self._stored.discard(job.id, path)

    def run_once(self) -> None:
        """Make the next clip, or wait a moment for one."""
        if not self._looked:
            self._looked = True
            self._take_up()
        try:
            job, clip_id = self._waiting.get(timeout=WAIT_S)
        except queue.Empty:
            return
        self._work(job, clip_id)

    def stop(self) -> None:
        """End the work; what is not done is made after the next start."""
        self._stopping.set()

    def _take_up(self) -> None:
        for job in self._jobs():
            for left in self._folder(job.id).glob("*.part"):  # of a clip that a kill cut off
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            for path in self._folder(job.id).glob("*.json"):
                clip = self._clip(path, {other.name for other in path.parent.glob("*")})
                if clip and clip.state == "waiting" and not self._waiting.full():
                    self._waiting.put_nowait((job, clip.id))

    def _work(self, job: Job, clip_id: str) -> None:
        kept = self._read(self._folder(job.id) / f"{clip_id}.json")
        if kept is None or self._stopping.is_set():
            return
        self._fractions[clip_id] = 0.0
        try:
            recording = self._results.corrected(job).recording
            recording = replace(recording, source=self._source(job, recording.source))
            target = self._folder(job.id) / clip_id
            self._make(recording, kept.request, target, lambda done: self._report(job.id, clip_id, done))
            self._stored.save(job.id)
        except JobCancelled:
            for kind in KINDS:
                (self._folder(job.id) / f"{clip_id}.{kind}").unlink(missing_ok=True)
        except Exception as error:  # noqa: BLE001  the thread outlives its clips
            if (self._folder(job.id) / f"{clip_id}.json").exists():
                self._keep(job.id, clip_id, replace(kept, error=_reason(error, job)))
        finally:
            self._fractions.pop(clip_id, None)

    def _report(self, job_id: str, clip_id: str, done: float) -> None:
        if self._stopping.is_set() or not (self._folder(job_id) / f"{clip_id}.json").exists():
            raise JobCancelled
        self._fractions[clip_id] = done

    def _source(self, job: Job, source: Path) -> Path:
        try:
            return self._results.source(job)
        except NotFound:
            return source  # the sound alone is enough for a recording without a picture

    def _folder(self, job_id: str) -> Path:
        return self._folders.result(job_id) / FOLDER

    def _clip(self, path: Path, there: Collection[str]) -> Clip | None:
        kept = self._read(path)
        if kept is None:
            return None
        files = tuple(kind for kind in KINDS if f"{path.stem}.{kind}" in there)
        made = files if {"mp4", "mp3"} & set(files) else ()
        fraction = self._fractions.get(path.stem)
        return Clip(
            path.stem, kept.request, kept.asked_at, fraction, () if fraction is not None else made, kept.error
        )

    def _read(self, path: Path) -> _Kept | None:
        try:
            return _KEPT.validate_json(path.read_bytes())
        except (OSError, ValueError):
            return None

    def _keep(self, job_id: str, clip_id: str, kept: _Kept) -> None:
        with atomic_write(self._folder(job_id) / f"{clip_id}.json") as part:
            part.write_bytes(_KEPT.dump_json(kept))
        self._stored.save(job_id)


def _reason(error: Exception, job: Job) -> JobError:
    if isinstance(error, AppError):
        return JobError(error.message, error.params)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return JobError(DISK_FULL)
    logger.error("a clip of job %s broke", job.id, exc_info=error)
    return JobError(BROKE)
