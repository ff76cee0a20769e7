"""A watched folder: recordings that are put into it become jobs, and their documents come beside them.

What a file has become is told by the id of its job, which is made of the file. So nothing is kept of it but
the job, and a program that was killed goes on with each file where it was.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from app.audio.atomic import atomic_write
from app.audio.probe import probe
from app.config import Config
from app.documents.downloads import DOWNLOADS
from app.documents.language_codes import language_code
from app.errors import AppError, BadInput, Overloaded, StorageFull
from app.integrations.submitting import OWNER, known_job
from app.integrations.watched_files import DONE, FAILED, Settled, WatchedFile, recordings
from app.jobs.database import DATABASE_AWAY
from app.jobs.job import Job, JobPriority, JobStatus
from app.jobs.service import JobService
from app.pipeline import stages_of
from app.pipeline.limits import limits_of

logger = logging.getLogger(__name__)

LONGEST_NAME_BYTES = 255  # of Linux's file systems
PART = ".part"  # under which a document is written
PAUSE_S = 60.0  # after which a folder that cannot be read or written is tried again
CANCELLED = "The work on it was cancelled."

Render = Callable[[Job, Sequence[str]], Mapping[str, bytes]]
"""Write the documents of a job that there are, of those that are asked for; keys of DOWNLOADS."""


class WatchedFolder:
    """The folder of `watch_dir`. A thread calls `run_once`."""

    def __init__(self, config: Config, jobs: JobService, render: Render) -> None:
        self._config = config
        self._jobs = jobs
        self._render = render
        self._settled = Settled(config.watch_settle_s)
        self._active: set[str] = set()  # ids of jobs that were seen not to have ended
        self._at_rest_until_s = 0.0
        self._resting: dict[WatchedFile, float] = {}  # until when

    def check(self) -> None:
        """Raise BadInput for settings that name what there is not."""
        for name in self._config.watch_documents:
            if name not in DOWNLOADS:
                raise BadInput(
                    "KONSPEKT_WATCH_DOCUMENTS: there is no document %(name)s. There are: %(names)s.",
                    name=name, names=", ".join(DOWNLOADS),
                )  # fmt: skip
        if language_code(self._config.watch_language) is None:
            raise BadInput(
                "KONSPEKT_WATCH_LANGUAGE: %(language)s is no language. Write en, English, or auto.",
                language=self._config.watch_language,
            )

    def run_once(self, now_s: float | None = None) -> None:
        """Look at each file that has stopped growing: send it, or put it away with what became of it."""
        folder = self._config.watch_dir
        now_s = time.monotonic() if now_s is None else now_s
        if folder is None or now_s < self._at_rest_until_s:
            return
        try:
            for part in (DONE, FAILED):
                (folder / part).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            logger.warning("the watched folder is left alone for a minute: %s", error)
            self._at_rest_until_s = now_s + PAUSE_S
            return
        files = self._settled.of([*recordings(folder)], now_s)
        self._resting = {file: until for file, until in self._resting.items() if now_s < until}
        try:
            self._look_at([file for file in files if file not in self._resting], now_s)
        except (Overloaded, StorageFull) as error:
            logger.info("recordings in the watched folder wait: %s", error)

    def _look_at(self, files: Sequence[WatchedFile], now_s: float) -> None:
        room = max(1, self._config.max_active_jobs // 2)  # people must find places in the queue too
        self._active &= {file.job_id for file in files}
        for file in sorted(files, key=lambda file: file.job_id not in self._active):
            if file.job_id not in self._active and len(self._active) >= room:
                return
            try:
                self._go_on_with(file)
            except (Overloaded, StorageFull, *DATABASE_AWAY):
                raise
            except (OSError, AppError) as error:  # it may not be read, or its documents not be written
                logger.warning("a recording of the watched folder is left alone for a minute: %s", error)
                self._resting[file] = now_s + PAUSE_S
            except Exception:
                logger.exception("a recording of the watched folder is left alone for a minute")
                self._resting[file] = now_s + PAUSE_S

    def _go_on_with(self, file: WatchedFile) -> None:
        job = known_job(self._jobs, OWNER, file.job_id)
        if job is None:
            self._send(file)
        elif not job.status.ended:
            self._active.add(job.id)
        else:
            self._active.discard(job.id)
            self._put_away(file, job)

    def _send(self, file: WatchedFile) -> None:
        """Queue a copy of the file; what cannot be heard at all goes to `failed`."""
        config = self._config
        try:
            if file.size_bytes > config.max_upload_bytes:
                raise BadInput("It has more bytes than KONSPEKT_MAX_UPLOAD_BYTES allows.")
            self._jobs.admit(1, file.size_bytes)
            upload = self._jobs.incoming()
            try:
                shutil.copyfile(file.path, upload, follow_symlinks=False)
                if not file.is_unchanged():
                    return
                media = probe(upload, limits=limits_of(config))
                self._jobs.submit(
                    OWNER,
                    file.name,
                    upload,
                    language=language_code(config.watch_language) or "auto",
                    stages=stages_of(diarize=config.watch_speakers),
                    duration_s=media.duration_s,
                    job_id=file.job_id,
                    priority=JobPriority.BATCH,
                )
            finally:
                upload.unlink(missing_ok=True)
        except (FileExistsError, IntegrityError):
            return  # its earlier job is being deleted
        except (Overloaded, StorageFull):
            raise
        except AppError as error:
            self._give_up(file, str(error))
        else:
            self._active.add(file.job_id)
            logger.info("a recording of the watched folder is job %s", file.job_id)

    def _put_away(self, file: WatchedFile, job: Job) -> None:
        if job.status is not JobStatus.DONE:
            self._give_up(file, str(job.error or CANCELLED))
            with suppress(AppError):  # so that the file is tried again when it is put back
                self._jobs.delete(OWNER, job.id)
            return
        documents = self._render(job, self._config.watch_documents)
        self._move(file, DONE, documents)

    def _give_up(self, file: WatchedFile, reason: str) -> None:
        logger.warning("a recording of the watched folder failed: %s", reason)
        self._move(file, FAILED, {"error.txt": f"{reason}\n".encode()})

    def _move(self, file: WatchedFile, part: str, beside: Mapping[str, bytes]) -> None:
        """Write what comes beside a recording, then move it there: if killed between, both are done again."""
        assert self._config.watch_dir is not None
        folder = self._config.watch_dir / part / file.place.parent
        folder.mkdir(parents=True, exist_ok=True)
        longest = max(len(os.fsencode(f".{name}{PART}")) for name in (*beside, file.place.suffix))
        for stem in _stems(file.place.stem, LONGEST_NAME_BYTES - longest):
            moved = folder / f"{stem}{file.place.suffix}"
            written = {folder / f"{stem}.{name}": content for name, content in beside.items()}
            if not moved.exists() and all(_is_free(path, content) for path, content in written.items()):
                break
        for path, content in written.items():
            with atomic_write(path) as whole:
                whole.write_bytes(content)
        if file.is_unchanged():
            file.path.rename(moved)


def _stems(stem: str, most_bytes: int) -> Iterator[str]:
    """Yield what a recording and its documents may be called; a name that leaves them no room is cut."""
    end = ""
    for number in count(2):
        kept = os.fsencode(stem)[: most_bytes - len(end)]
        yield f"{stem if kept == os.fsencode(stem) else kept.decode(errors='ignore').rstrip()}{end}"
        end = f" ({number})"


def _is_free(path: Path, content: bytes) -> bool:
    """Say whether a file can be written there: there is none, or it is what a killed program has written."""
    return not path.exists() or (path.stat().st_size == len(content) and path.read_bytes() == content)
