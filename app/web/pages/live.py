"""The page of live transcription, and what becomes of its finished streams."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from math import isfinite

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.audio.probe import probe
from app.documents.document import Document
from app.documents.downloads import DOWNLOADS
from app.documents.well_formed import MAX_TEXT_CHARS
from app.engines.weights.diarization import DIARIZATION
from app.errors import BadInput, NotFound
from app.jobs.retention import UNCLAIMED, unclaimed_until
from app.jobs.service import UNKNOWN
from app.live.saved_stream import SavedStream
from app.pipeline import stages_of
from app.pipeline.limits import limits_of
from app.web.core import documents, languages, sessions
from app.web.core.context import konspekt
from app.web.core.file_names import clean_name
from app.web.core.i18n import locale
from app.web.core.security import CSP
from app.web.core.time_zone import zone
from app.web.core.transcripts import WRONG
from app.web.core.turns import in_turn

bp = Blueprint("live_page", __name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stream of the visitor's that no minutes were made of yet. when: of its last sound."""

    recording: str
    when: datetime
    duration_s: float

    @property
    def left_s(self) -> float:
        return (unclaimed_until(self.when) - datetime.now(UTC)).total_seconds()


@bp.get("/live")
def page() -> ResponseReturnValue:
    waiting = [
        Waiting(saved.recording, datetime.fromtimestamp(saved.written_at, UTC), saved.duration_s())
        for saved in konspekt().saved_streams.of(sessions.welcome())
    ]
    shown = render_template(
        "live.html",
        kept=waiting,
        kept_s=UNCLAIMED.total_seconds(),
        choices=languages.choices(),
        hearing=konspekt().engines.hearing(),
        tells_speakers=DIARIZATION.present(konspekt().config.models_dir),
    )
    answer = Response(shown)
    # Not every browser counts a socket of the same host among 'self'.
    sockets = f"connect-src 'self' ws://{request.host} wss://{request.host}"
    answer.headers["Content-Security-Policy"] = CSP.replace("connect-src 'self'", sockets)
    return answer


@bp.post("/live/<job_id>/minutes")
def minutes(job_id: str) -> ResponseReturnValue:
    """Make a job of a saved stream, under its own id; asked again, lead to that job."""
    owner = sessions.owner()
    name = clean_name(request.form.get("name", ""))
    language = languages.chosen(request.form.get("language", "auto"))
    with konspekt().saved_streams.taken(owner, job_id) as saved:
        if saved is None:
            konspekt().jobs.get(owner, job_id)
        else:
            _submit(saved, owner, name, language)
    return redirect(url_for("pages.job", job_id=job_id), HTTPStatus.SEE_OTHER)


@bp.get("/live/<job_id>/download/<file>")
@in_turn
def download(job_id: str, file: str) -> ResponseReturnValue:
    """Give the text of a saved stream as one of DOWNLOADS, also while it goes on."""
    owner = sessions.owner()
    saved = konspekt().saved_streams.find(owner, job_id)
    if saved is None:
        konspekt().jobs.get(owner, job_id)
        return redirect(url_for("downloads.download", job_id=job_id, file=file))
    if file not in DOWNLOADS or DOWNLOADS[file].kind != "transcript":
        raise NotFound(UNKNOWN)
    began = datetime.fromtimestamp(saved.written_at - saved.duration_s(), UTC).astimezone(zone())
    name = gettext("Live transcription")
    document = Document.of(name, began, saved.transcript(), None, recorded_at=began)
    return documents.given(document, file, document.locale(locale()))


@bp.post("/live/<job_id>/lines")
def correct(job_id: str) -> ResponseReturnValue:
    """Keep what a person has made of a line, also while the stream goes on."""
    saved = konspekt().saved_streams.find(sessions.owner(), job_id)
    if saved is None:
        raise NotFound(UNKNOWN)
    start, text = request.form.get("start", type=float), request.form.get("text", "")
    if start is None or not isfinite(start) or len(text) > MAX_TEXT_CHARS:
        raise BadInput(WRONG)
    konspekt().saved_streams.correct(saved, start, text)
    return "", HTTPStatus.NO_CONTENT


@bp.post("/live/<job_id>/delete")
def delete(job_id: str) -> ResponseReturnValue:
    saved = konspekt().saved_streams.find(sessions.owner(), job_id)
    if saved is None:
        raise NotFound(UNKNOWN)
    konspekt().saved_streams.remove(saved)
    return redirect(url_for("live_page.page"), HTTPStatus.SEE_OTHER)


def _submit(saved: SavedStream, owner: str, name: str, language: str) -> None:
    jobs = konspekt().jobs
    media = probe(saved.sound, limits=limits_of(konspekt().config))
    jobs.admit(1, 0)
    heard = saved.transcript()
    best = saved.is_corrected or heard.engine == konspekt().engines.hearing().engine
    jobs.submit(
        owner,
        name,
        saved.sound,
        job_id=saved.recording,
        language=language,
        stages=stages_of(diarize=saved.n_speakers > 0),
        duration_s=media.duration_s,
        transcript=heard if saved.ended and best else None,
    )
