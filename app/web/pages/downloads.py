"""What the page of a job gives out: its documents, and a video's picture."""

from flask import Blueprint, Response, request, send_file

from app.web.core import documents, sessions
from app.web.core.context import konspekt
from app.web.core.turns import in_turn

bp = Blueprint("downloads", __name__)


@bp.get("/jobs/<job_id>/download/<file>")
@in_turn
def download(job_id: str, file: str) -> Response:
    """Give one of DOWNLOADS under the recording's own name."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    return documents.document(job, file, request.args.get("form", job.form))


@bp.get("/jobs/<job_id>/poster.jpg")
def poster(job_id: str) -> Response:
    """Give the frame that stands on the row of a video."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    response = send_file(konspekt().jobs.results.file(job, "poster.jpg"), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
