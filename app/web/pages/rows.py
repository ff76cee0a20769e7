"""What templates show of a visitor's jobs: one `Row` a job, and the `Board` of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import url_for
from flask_babel import gettext

from app.documents.downloads import DOWNLOADS
from app.engines.weights.underway import Underway
from app.errors import N_
from app.jobs.forecast import Forecast
from app.jobs.job import Job, JobStatus
from app.pipeline import INFOS
from app.pipeline.stages.transcribe import READY
from app.pipeline.transcript_checkpoint import HeardSoFar
from app.web.core.context import konspekt

PROMINENT = {  # the downloads that stand on the row itself, and how their buttons are called
    "minutes.docx": N_("Minutes, DOCX"),
    "minutes.txt": N_("Minutes, TXT"),
    "transcript.txt": N_("Transcript, TXT"),
}

SO_FAR = 20  # segments of what is being heard

STALLED_S = 120.0  # loading a large model from a slow disk takes about so long


@dataclass(frozen=True, slots=True)
class Row:
    """A job as its owner sees it now.

    poster_url: of a video's frame, once there is one; fetching: the weights that it waits for.
    """

    job: Job
    forecast: Forecast
    now: datetime
    poster_url: str | None = None
    fetching: Underway | None = None

    @property
    def state(self) -> str:
        """The status, and "stopping" while a running job obeys a cancel."""
        if self.job.status is JobStatus.RUNNING and self.job.cancel_requested:
            return "stopping"
        return self.job.status.value

    @property
    def fraction(self) -> float:
        """How far it is, 0..1: of what is fetched for it, else of the whole."""
        return self.fetching.fraction if self.fetching else self.forecast.fraction

    @property
    def stamp(self) -> str:
        """What its results follow from: a page that shows this stamp has them all."""
        return f"{self.job.status.value} {self.job.stage} {self.job.finished_at}"

    @property
    def stage_sentence(self) -> str:
        info = INFOS.get(self.job.stage or "")
        return info.sentence if info else N_("Working")

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Each stage's name, and how far it is: done, now, next, failed (what does not need it goes on)."""
        job = self.job
        at = job.stages.index(job.stage) if job.stage in job.stages else -1

        def state(number: int, name: str) -> str:
            if job.status is JobStatus.DONE or name in job.engines:
                return "done"
            return "now" if number == at else "next" if number > at else "failed"

        def title(name: str) -> str:
            return (INFOS[name].title if name in INFOS else "") or name

        return [(title(name), state(number, name)) for number, name in enumerate(job.stages)]

    @property
    def opens(self) -> bool:
        """Whether its page has something to show."""
        return self.state in ("running", "done") or not self.job.engines.keys() <= {"extract"}

    @property
    def error(self) -> str:
        """Why it failed, in the visitor's language."""
        if self.job.error is None:
            return str(gettext("Something went wrong. Try once more."))
        return str(gettext(self.job.error.message, **self.job.error.params))

    @property
    def heard_s(self) -> float | None:
        """How far into the recording the transcript has come; None where that cannot be said."""
        if self.job.stage != "transcribe" or self.job.duration_s is None:
            return None
        return self.job.progress * self.job.duration_s

    @property
    def stalled_s(self) -> float | None:
        """For how long nothing has moved, once that is worth a word."""
        since = self.job.progressed_at or self.job.started_at
        if self.state != "running" or since is None:
            return None
        quiet_s = (self.now - since).total_seconds()
        return quiet_s if quiet_s > STALLED_S else None

    @property
    def took_s(self) -> float | None:
        if self.job.started_at is None or self.job.finished_at is None:
            return None
        return (self.job.finished_at - self.job.started_at).total_seconds()

    @property
    def expires_in_s(self) -> float | None:
        if self.job.expires_at is None:
            return None
        return max(0.0, (self.job.expires_at - self.now).total_seconds())

    @property
    def expired(self) -> bool:
        return self.expires_in_s == 0.0

    @property
    def prominent(self) -> dict[str, str]:
        return {file: title for file, title in PROMINENT.items() if self._comes_of_it(file)}

    @property
    def more(self) -> dict[str, str]:
        """The other downloads: file name -> title."""
        return {
            file: download.title
            for file, download in DOWNLOADS.items()
            if file not in PROMINENT and self._comes_of_it(file)
        }

    def _comes_of_it(self, file: str) -> bool:
        """Say whether the job makes what this document is of, or did before it failed or was cancelled."""
        stages = self.job.engines if self.state in ("failed", "cancelled") else self.job.stages
        of_transcript = DOWNLOADS[file].kind == "transcript"
        return ("transcribe" if of_transcript else "summarize") in stages


@dataclass(frozen=True, slots=True)
class Board:
    """The queue as one visitor sees it, newest first."""

    rows: tuple[Row, ...]

    def count(self, *states: str) -> int:
        return sum(row.state in states for row in self.rows)

    @property
    def active(self) -> bool:
        return self.count("queued", "running", "stopping") > 0

    @property
    def remaining_s(self) -> float | None:
        """Until the last job is done; None where that is not known, or nothing is left to do."""
        waits = [row.forecast.remaining_s for row in self.rows if row.state in ("queued", "running")]
        return max((wait for wait in waits if wait is not None), default=None) if None not in waits else None


def board(owner: str) -> Board:
    """Return the visitor's queue. What is kept leaves it when it would have expired: it is in the library."""
    lately = datetime.now(UTC) - timedelta(seconds=konspekt().config.retention_s)
    jobs = konspekt().jobs.list(owner)
    recent = [job for job in jobs if not (job.kept and job.finished_at and job.finished_at < lately)]
    return Board(several(recent))


def several(jobs: Sequence[Job]) -> tuple[Row, ...]:
    """Return the rows of jobs of one owner."""
    pictured = konspekt().jobs.results.with_file(jobs, "poster.jpg")
    forecasts = konspekt().jobs.forecasts(jobs)
    return tuple(_row(job, told, job.id in pictured) for job, told in zip(jobs, forecasts, strict=True))


def so_far(job: Job) -> HeardSoFar:
    """Return what the page of a job shows of its text while it is heard."""
    heard = job.status is JobStatus.RUNNING and job.stage == "transcribe"
    return konspekt().jobs.results.heard_so_far(job, SO_FAR) if heard else HeardSoFar()


def row(job: Job) -> Row:
    return several([job])[0]


def _row(job: Job, forecast: Forecast, has_poster: bool) -> Row:
    url = url_for("downloads.poster", job_id=job.id) if has_poster else None
    runs = job.status is JobStatus.RUNNING and not job.cancel_requested
    waits = runs and job.stage == "transcribe" and job.progress <= READY
    fetching = konspekt().engines.fetching() if waits else None
    return Row(job, forecast, datetime.now(UTC), url, fetching)
