"""The cleaned and the repaired sound: to listen to beside the original, and to take away."""

from flask import Blueprint, redirect, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.documents.downloads import download_name
from app.errors import NotFound
from app.jobs.service import UNKNOWN
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

bp = Blueprint("sound", __name__)


@bp.get("/jobs/<job_id>/sound/<file>")
def sound(job_id: str, file: str) -> ResponseReturnValue:
    """Give one of FILES, whole or the range that a player asks for; `?download` to keep it."""
    jobs = konspekt().jobs
    job = jobs.get(sessions.owner(), job_id)
    if file not in FILES:
        raise NotFound(UNKNOWN)
    keep = "download" in request.args
    name = download_name(stem(job.name), file, locale())
    if keep and (url := jobs.results.file_url(job, file, name)):
        return redirect(url)
    response: Response = send_file(
        jobs.results.file(job, file),
        mimetype=FILES[file],
        as_attachment=keep,
        download_name=name,
        conditional=True,
    )
    if not keep:
        response.headers["Cache-Control"] = "private, max-age=3600"  # a player asks for many ranges
    return response
