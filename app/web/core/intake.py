"""What becomes of an upload before it is a job: what was wished for, and a look into the file."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from app.audio.probe import probe
from app.documents.forms import FORMS
from app.documents.written_text import transcript_of
from app.engines.choosing.transcribers import AUTO
from app.errors import N_, BadInput
from app.integrations.submitting import submit_request
from app.jobs.job import Job, JobPriority
from app.pipeline import ALL_STAGES, SWITCHES, expected_terms, speaker_count, stages_of
from app.pipeline.limits import limits_of
from app.web.core import languages, models
from app.web.core.context import konspekt

NO_FORM = N_("There is no form of the minutes called %(form)s. There are: %(forms)s.")
EMPTY = N_("The file is empty.")
NO_MINUTES = "none"  # in the place of a form
NO_TEXT = N_("There is nothing in this text to write minutes of. Send what was said, line by line.")
OF_TEXT = ("transcribe", "summarize")  # the first is done when it is sent


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is said of a recording with it.

    model: Whisper's size; form: of its minutes, one of FORMS; callback_url: who is told when it is done.
    """

    language: str = "auto"
    speakers: str = speaker_count.AUTO
    terms: str = ""
    model: str = AUTO
    form: str = "minutes"
    stages: tuple[str, ...] = ALL_STAGES
    callback_url: str | None = None


def wishes_of(
    language: str,
    speakers: str,
    terms: str,
    switched: Collection[str],
    callback_url: str | None,
    model: str = "",
    form: str = "",
) -> Wishes:
    """Read what people and programs write; switched: those of SWITCHES that are on. Raises BadInput."""
    if form and form not in (*FORMS, NO_MINUTES):
        raise BadInput(NO_FORM, form=form, forms=", ".join((*FORMS, NO_MINUTES)))
    count = speaker_count.normal(speakers)
    on = {wish: wish in switched for wish in SWITCHES}
    on["diarize"] = on["diarize"] or count != speaker_count.AUTO  # else why was it said?
    stages = stages_of(**on)
    if form == NO_MINUTES:
        form, stages = "", tuple(stage for stage in stages if stage != "summarize")
    return Wishes(
        languages.chosen(language),
        count,
        expected_terms.normal(terms),
        models.chosen(model),
        form or "minutes",
        stages,
        callback_url,
    )


def take_link(
    owner: str,
    name: str,
    wishes: Wishes,
    *,
    url: str | None,
    file_key: str | None = None,
    job_id: str | None = None,
    priority: JobPriority = JobPriority.INTERACTIVE,
) -> Job:
    """Queue a recording that lies elsewhere; its first stage fetches it. Raises BadInput for no address."""
    parts = konspekt()
    if url:
        parts.integrations.fetcher.guard.check_url(url)
    else:
        _ = parts.integrations.service_bucket  # raises where no bucket is configured
    return submit_request(
        parts.jobs,
        {"url": url, "file_key": file_key},
        name,
        ("download", *wishes.stages),
        owner=owner,
        language=wishes.language,
        speakers=wishes.speakers,
        terms=wishes.terms,
        model=wishes.model,
        form=wishes.form,
        job_id=job_id,
        callback_url=wishes.callback_url,
        priority=priority,
    )


def take_text(
    owner: str,
    name: str,
    text: str,
    wishes: Wishes,
    *,
    job_id: str | None = None,
    priority: JobPriority = JobPriority.INTERACTIVE,
) -> Job:
    """Queue what was said somewhere else, as text or subtitles: only minutes are written. Raises BadInput."""
    jobs = konspekt().jobs
    said = transcript_of(text, wishes.language)
    if not said.segments:
        raise BadInput(NO_TEXT)
    jobs.admit(1, 0)
    upload = jobs.incoming()
    try:
        upload.write_text(text, "utf-8")
        return jobs.submit(
            owner,
            name,
            upload,
            language=wishes.language,
            form=wishes.form,
            stages=tuple(stage for stage in OF_TEXT if stage in wishes.stages),
            duration_s=said.duration_s,
            job_id=job_id,
            callback_url=wishes.callback_url,
            transcript=said,
            priority=priority,
        )
    finally:
        upload.unlink(missing_ok=True)


def named(address: str) -> str:
    """Return the file name at the end of an address or a key; "" where there is none."""
    try:
        return PurePosixPath(unquote(urlsplit(address).path)).name
    except ValueError:  # it is no address, as `take_link` will say
        return ""


def take_stored(owner: str, name: str, size_bytes: int, wishes: Wishes, *, job_id: str) -> Job:
    """Queue a file that the storage has already. Its first stage judges it, on the machine that reads it."""
    return _submit(owner, name, size_bytes, wishes, job_id=job_id)


def take_file(
    owner: str,
    name: str,
    path: Path,
    wishes: Wishes,
    *,
    job_id: str | None = None,
    priority: JobPriority = JobPriority.INTERACTIVE,
) -> Job:
    """Queue a file that was received. Raises BadInput for what is no recording, and what `submit` raises."""
    if path.stat().st_size == 0:
        raise BadInput(EMPTY)
    jobs = konspekt().jobs
    media = probe(path, limits=limits_of(konspekt().config))
    jobs.admit(1, 0)
    return _submit(owner, name, path, wishes, duration_s=media.duration_s, job_id=job_id, priority=priority)


def _submit(
    owner: str,
    name: str,
    upload: Path | int,
    wishes: Wishes,
    *,
    duration_s: float | None = None,
    job_id: str | None,
    priority: JobPriority = JobPriority.INTERACTIVE,
) -> Job:
    return konspekt().jobs.submit(
        owner,
        name,
        upload,
        language=wishes.language,
        speakers=wishes.speakers,
        terms=wishes.terms,
        model=wishes.model,
        form=wishes.form,
        stages=wishes.stages,
        duration_s=duration_s,
        job_id=job_id,
        callback_url=wishes.callback_url,
        priority=priority,
    )
