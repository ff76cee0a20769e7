"""Takes a name for one who speaks, from the page of a recording whose script does not do it."""

from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.web.core import sessions, speakers
from app.web.core.context import konspekt
from app.web.core.turns import in_turn

bp = Blueprint("speakers", __name__)


@bp.post("/jobs/<job_id>/speakers")
@in_turn
def call(job_id: str) -> ResponseReturnValue:
    """Call a speaker by a name in all lines."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    speakers.call(job, request.form.get("speaker", ""), request.form.get("name", ""))
    return redirect(url_for("pages.job", job_id=job_id, _anchor="transcript"), HTTPStatus.SEE_OTHER)
