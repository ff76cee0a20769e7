"""A recording's transcript for the script of its page, and what a person corrects in it or in the minutes."""

from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.pipeline import corrections
from app.web.core import sessions, timed_words, transcripts
from app.web.core.context import konspekt
from app.web.core.minutes import Anew, write_anew
from app.web.core.turns import in_turn

bp = Blueprint("transcripts", __name__)


@bp.get("/jobs/<job_id>/transcript")
@in_turn
def transcript(job_id: str) -> ResponseReturnValue:
    """Give the lines with the times of their words to the page's script, under the version as ETag."""
    return timed_words.asked(konspekt().jobs.get(sessions.owner(), job_id))


@bp.patch("/jobs/<job_id>/transcript")
@in_turn
def correct(job_id: str) -> ResponseReturnValue:
    """Keep a change of the version that If-Match names; 412 with the present state where that is old."""
    heard, change, saved = transcripts.correct(konspekt().jobs.get(sessions.owner(), job_id))
    if saved is None:
        return transcripts.state(corrections.load(heard), packed=True), 412
    return transcripts.given(saved, transcripts.lines_of(saved, change.lines, packed=True))


@bp.post("/jobs/<job_id>/minutes/again")
@in_turn
def again(job_id: str) -> ResponseReturnValue:
    """Have the minutes written anew, or a section; what a person wrote only where he says so."""
    section, language = request.form.get("section", ""), request.form.get("language", "")
    write_anew(
        sessions.owner(),
        job_id,
        Anew((section,) if section else (), language, replace="replace" in request.form),
    )
    if "HX-Request" in request.headers:
        return "", HTTPStatus.NO_CONTENT
    return redirect(url_for("pages.job", job_id=job_id), HTTPStatus.SEE_OTHER)
