"""Sound and video of a recording, for the player; cleaned and repaired sound, to compare and to take away."""

from contextlib import suppress
from pathlib import Path

from flask import Blueprint, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ContentRange
from werkzeug.utils import send_file as send_range
from werkzeug.wrappers import Response

from app.documents.downloads import download_name
from app.errors import NotFound
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.pipeline.playback import PICTURE, SOUND, needs_picture, video_type
from app.pipeline.stages.extract import SPEECH
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.file_names import stem
from app.web.core.i18n import locale

FILES = {
    "cleaned.flac": "audio/flac",
    "cleaned.mp3": "audio/mpeg",
    "repaired.flac": "audio/flac",
    "repaired.mp3": "audio/mpeg",
    "original.mp3": "audio/mpeg",
}

PIECE_BYTES = 2**20  # of one answer to a player: it asks for the next one when it plays, so no thread waits

bp = Blueprint("sound", __name__)


@bp.get("/jobs/<job_id>/listen")
def listen(job_id: str) -> ResponseReturnValue:
    """Give the sound of a recording to a player, piece by piece; `?decoded` as `heard`."""
    return heard(konspekt().jobs.get(sessions.owner(), job_id))


@bp.get("/jobs/<job_id>/watch")
def watch(job_id: str) -> ResponseReturnValue:
    """Give a video, as it was sent where browsers play that, else what was made of it, piece by piece."""
    return seen(konspekt().jobs.get(sessions.owner(), job_id))


@bp.get("/jobs/<job_id>/picture")
def picture(job_id: str) -> ResponseReturnValue:
    """Say how far the video is that is made for browsers; asked by the page until it is there."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    return render_template("_picture.html", job=job, pending=pending_picture(job))


def pending_picture(job: Job) -> float | None:
    """Return how far a video for browsers is, 0..1, and have it made; None: it is there, or there is none."""
    recording = konspekt().jobs.results.recording(job, ("extract",))
    made = konspekt().jobs.results.has_file(job, PICTURE)
    if not job.status.ended or made or not needs_picture(recording.media):
        return None
    return konspekt().jobs.pictures.want(job)


def heard(job: Job) -> Response:
    """Answer a player with the sound of a job.

    `?decoded`: as engines hear it, which is there before SOUND is. A player asks for one recording in many
    ranges, and must not get the first of one file and the next of another.
    """
    results = konspekt().jobs.results
    if "decoded" not in request.args:
        with suppress(NotFound):  # it could not be made
            return far_piece(job, SOUND, "audio/mpeg") or piece(results.file(job, SOUND), "audio/mpeg")
    return far_piece(job, SPEECH, "audio/wav") or piece(results.file(job, SPEECH), "audio/wav")


def seen(job: Job) -> Response:
    """Answer a player with the video of a job."""
    results = konspekt().jobs.results
    kind = video_type(results.recording(job, ("extract",)).media)
    if kind is None:
        return far_piece(job, PICTURE, "video/mp4") or piece(results.file(job, PICTURE), "video/mp4")
    return far_piece(job, None, kind) or piece(results.source(job), kind)


def piece(path: Path, mime_type: str) -> Response:
    """Answer with the file, or with the beginning of the range that a player asks for (RFC 9110, 14.4)."""
    environ, asked = dict(request.environ), request.range
    if asked is not None and asked.units == "bytes" and len(asked.ranges) == 1:
        begin, end = asked.ranges[0]
        begin = max(0, path.stat().st_size + begin) if begin < 0 else begin
        end = min(end or begin + PIECE_BYTES, begin + PIECE_BYTES)
        environ["HTTP_RANGE"] = f"bytes={begin}-{end - 1}"
    answer = send_range(path, environ, mimetype=mime_type, conditional=True)
    answer.headers["Cache-Control"] = "private, max-age=3600"  # a player asks for the same ranges again
    return answer


def far_piece(job: Job, name: str | None, mime_type: str) -> Response | None:
    """Answer a player from the storage, so that it need not wait until all of a file has been fetched.

    None: the file is on this disk, nowhere, or asked for otherwise than by its beginning; name: as `read`.
    """
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or "If-Range" in request.headers:
        return None
    begin, end = asked.ranges[0]
    n_bytes = min(PIECE_BYTES, (end or begin + PIECE_BYTES) - begin)
    found = konspekt().jobs.results.read(job, name, begin, n_bytes) if begin >= 0 else None
    if found is None:
        return None
    data, length = found
    answer = Response(data, 206, mimetype=mime_type)
    answer.content_range = ContentRange("bytes", begin, begin + len(data), length)
    answer.accept_ranges = "bytes"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@bp.get("/jobs/<job_id>/sound/<file>")
def sound(job_id: str, file: str) -> ResponseReturnValue:
    """Give one of FILES, whole or the range that a player asks for; `?download` to keep it."""
    jobs = konspekt().jobs
    job = jobs.get(sessions.owner(), job_id)
    if file not in FILES:
        raise NotFound(UNKNOWN)
    if "download" not in request.args:
        return far_piece(job, file, FILES[file]) or piece(jobs.results.file(job, file), FILES[file])
    name = download_name(stem(job.name), file, locale())
    if url := jobs.results.file_url(job, file, name):
        return redirect(url)
    return send_file(
        jobs.results.file(job, file),
        mimetype=FILES[file],
        as_attachment=True,
        download_name=name,
        conditional=True,
    )
