"""Clips of a recording: asked for by its owner, made in the background, watched and taken away."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.audio.waveform import Span
from app.documents.excerpt import spans_of
from app.errors import N_, BadInput, Conflict
from app.jobs.clips import KINDS, Clip
from app.jobs.job import Job
from app.pipeline.clip import NOT_HEARD, SUBTITLES, ClipRequest, Subtitles, clip_of, highlights_of
from app.pipeline.corrections import Corrections
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.file_names import stem
from app.web.core.i18n import locale
from app.web.core.turns import in_turn
from app.web.pages import sound

WRONG = N_("This choice of lines could not be understood. Reload the page and choose them again.")
MAX_LINES = 5_000
MAX_DIGITS = 10  # of the number of a line
WORK_BYTES_S = 2 * 2**20  # of disk while it is made: the stretches in high quality, their sound, the clip

bp = Blueprint("clips", __name__)


@bp.get("/jobs/<job_id>/clips")
def clips(job_id: str) -> ResponseReturnValue:
    """Give the list of clips: as the page draws it, or as JSON."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    return _answer(job) if _wants_json() else _drawn(job)


@bp.post("/jobs/<job_id>/clips")
@in_turn
def create(job_id: str) -> ResponseReturnValue:
    """Have a clip made: of `highlights`, of the `lines` by their keys, or `from` and `to` in seconds."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    present = konspekt().jobs.results.corrected(job)
    if not job.status.ended or present.recording.speech is None:
        raise Conflict(NOT_HEARD)
    asked = _request(present)
    konspekt().jobs.admit(0, round(asked.duration_s * WORK_BYTES_S))
    clip = konspekt().jobs.clips.ask(job, asked)
    if _wants_json():
        return jsonify(_described(job, clip)), HTTPStatus.ACCEPTED
    return _answer(job)


@bp.post("/jobs/<job_id>/clips/<clip_id>/delete")
def delete(job_id: str, clip_id: str) -> ResponseReturnValue:
    job = konspekt().jobs.get(sessions.owner(), job_id)
    konspekt().jobs.clips.delete(job, clip_id)
    return _answer(job)


@bp.get("/jobs/<job_id>/clips/<clip_id>/<kind>")
def clip(job_id: str, clip_id: str, kind: str) -> ResponseReturnValue:
    """Give one of a clip's files, to a player piece by piece; `?download` to keep it."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    path = konspekt().jobs.clips.file(job, clip_id, kind)
    if "download" not in request.args:
        return sound.piece(path, KINDS[kind])
    answer = send_file(path, as_attachment=True, download_name=f"{stem(job.name)} — clip.{kind}")
    answer.content_type = KINDS[kind]
    return answer


def _request(present: Corrections) -> ClipRequest:
    form, recording = request.form, present.recording
    subtitles: Subtitles = next((one for one in SUBTITLES if one == form.get("subtitles", "burnt")), "none")
    if "highlights" in form:
        return highlights_of(recording, subtitles, locale())
    transcript = recording.transcript
    lasts_s = recording.media.duration_s if recording.media and recording.media.duration_s else 0.0
    if "from" in form:
        return clip_of(_stretch(form["from"], form.get("to", ""), lasts_s), subtitles, locale())
    keys = form.get("lines", "").split()
    if len(keys) > MAX_LINES or not all(map(_is_key, keys)) or transcript is None:
        raise BadInput(WRONG)
    chosen = set(map(int, keys))
    said = [one for key, one in zip(present.keys, transcript.segments, strict=True) if key in chosen]
    return clip_of(spans_of(said, max(lasts_s, transcript.duration_s)), subtitles, locale())


def _is_key(written: str) -> bool:
    return written.isdecimal() and len(written) < MAX_DIGITS


def _stretch(start: str, end: str, lasts_s: float) -> tuple[Span, ...]:
    try:
        span = Span(float(start), min(float(end), lasts_s))
    except ValueError as error:
        raise BadInput(WRONG) from error
    if not 0 <= span.start < span.end:
        raise BadInput(WRONG)
    return (span,)


def _wants_json() -> bool:
    accepts = request.accept_mimetypes
    return accepts["application/json"] > accepts["text/html"]


def _answer(job: Job) -> ResponseReturnValue:
    if "HX-Request" in request.headers:
        return _drawn(job)
    if _wants_json():
        return jsonify(clips=[_described(job, clip) for clip in of_page(job)])
    return redirect(url_for("pages.job", job_id=job.id, _anchor="clips"), HTTPStatus.SEE_OTHER)


def _drawn(job: Job) -> str:
    return render_template("_clips.html", job=job, clips=of_page(job), alone=True)


def _described(job: Job, clip: Clip) -> dict[str, object]:
    return {
        "id": clip.id,
        "state": clip.state,
        "progress": clip.fraction,
        "duration_s": round(clip.request.duration_s, 2),
        "subtitles": clip.request.subtitles,
        "highlights": clip.request.highlights,
        "files": {
            kind: url_for("clips.clip", job_id=job.id, clip_id=clip.id, kind=kind) for kind in clip.files
        },
        "error": str(gettext(clip.error.message, **clip.error.params)) if clip.error else None,
    }


def of_page(job: Job) -> Sequence[Clip]:
    """Return what the page of a recording shows."""
    return konspekt().jobs.clips.of(job)
