"""The documents of a job, rendered when they are asked for: by pages, by shared links and by the API."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

from flask import Flask, Response, request, send_file
from flask_babel import force_locale, gettext

from app import tracing
from app.audio.media import Media
from app.documents.diarization import Diarization, NotDiarized
from app.documents.document import Document
from app.documents.downloads import DOWNLOADS, download_name
from app.documents.forms import FORMS, OWN
from app.documents.minutes import Minutes
from app.documents.protocol_fields import ProtocolFields
from app.documents.recording_date import recorded_at
from app.documents.transcript import Transcript
from app.errors import NotFound
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.web.core.context import konspekt
from app.web.core.i18n import locale
from app.web.core.time_zone import zone


def document(
    job: Job, file: str, shape: str = "minutes", *, own: Callable[[Transcript], Minutes] | None = None
) -> Response:
    """Render one of DOWNLOADS of what people have corrected; shape: one of FORMS.

    own: writes other minutes than those that are there, to be given in their own form. What a protocol has
    besides the minutes stands in the address.
    """
    tracing.link(job.traceparent)
    tracing.mark(job_id=job.id, document=file)
    kind = DOWNLOADS.get(file)
    if kind is None or shape not in FORMS:
        raise NotFound(UNKNOWN)
    ready, form = made(job, own)
    if not kind.ready(ready):
        raise NotFound(UNKNOWN)
    ready = replace(ready, protocol_fields=ProtocolFields.of(request.args))
    return given(ready.in_shape(OWN if own else FORMS[shape]), file, form)


def renderer(app: Flask) -> Callable[[Job, Sequence[str]], dict[str, bytes]]:
    """Return what renders those of DOWNLOADS that a job has, where nobody asks by a browser."""

    def render(job: Job, files: Sequence[str]) -> dict[str, bytes]:
        with app.app_context(), force_locale("en"):  # of whatever is in no language of ours
            try:
                ready, form = made(job)
            except NotFound:
                return {}
            shaped = ready.in_shape(FORMS[job.form])
            return {
                file: DOWNLOADS[file].render(shaped, form) for file in files if DOWNLOADS[file].ready(ready)
            }

    return render


def has_text(job: Job) -> bool:
    """Tell whether there is anything to make documents of."""
    return "transcribe" in job.engines


def made(job: Job, own: Callable[[Transcript], Minutes] | None = None) -> tuple[Document, str]:
    """Return what documents of a job are rendered from, and the locale of their words. Raises NotFound."""
    recording = konspekt().jobs.results.corrected(job).recording
    if recording.transcript is None:
        raise NotFound(UNKNOWN)
    minutes = own(recording.transcript) if own else recording.minutes
    repaired, cleaned, diarization = recording.repaired, recording.cleaned, recording.diarization
    said = recording.media.recorded_at if recording.media else None
    document = Document.of(
        job.name,
        (job.finished_at or datetime.now(UTC)).astimezone(zone()),
        recording.transcript,
        minutes,
        repaired_by=repaired.engine if isinstance(repaired, Cleaned) else None,
        cleaned_by=cleaned.engine if isinstance(cleaned, Cleaned) else None,
        diarization=diarization if isinstance(diarization, Diarization) else None,
        recorded_at=recorded_at(said, job.name, zone()),
    )
    form = document.locale(locale())
    remarks = (recording.media, minutes)
    notes = _remarks(remarks, form) + _why_not(repaired, cleaned, diarization, form)
    return replace(document, notes=notes), form


def given(document: Document, file: str, form: str) -> Response:
    """Answer with one of DOWNLOADS; form: the locale of its words."""
    kind = DOWNLOADS[file]
    response = send_file(
        BytesIO(kind.render(document, form)),
        as_attachment=True,
        download_name=download_name(document.title, file, form),
    )
    response.content_type = kind.mime_type  # as it is: send_file would name the charset once more
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _remarks(remarked: Iterable[Media | Minutes | None], form: str) -> tuple[str, ...]:
    """Say in the language of the document what was odd about its file, and about its minutes."""
    with force_locale(form):
        remarks = (remark for one in remarked if one is not None for remark in one.remarks)
        return tuple(gettext(remark.message, **remark.params) for remark in remarks)


def _why_not(
    repaired: Cleaned | NotCleaned | None,
    cleaned: Cleaned | NotCleaned | None,
    diarization: Diarization | NotDiarized | None,
    form: str,
) -> tuple[str, ...]:
    """Say in the language of the document why something was not done to its recording."""
    with force_locale(form):
        told = (
            (gettext("The sound was not repaired."), repaired),
            (gettext("The sound was not cleaned."), cleaned),
            (gettext("The speakers were not told apart."), diarization),
        )
        return tuple(
            f"{what} {gettext(why.message, **why.params)}"
            for what, why in told
            if isinstance(why, NotCleaned | NotDiarized)
        )
