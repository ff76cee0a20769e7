"""A recording's transcript for the script of its page, and what a person corrects in it or in the minutes."""

from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import N_, Conflict
from app.pipeline import corrections
from app.pipeline.corrections import Change
from app.web.core import sessions, timed_words, transcripts
from app.web.core.context import konspekt
from app.web.core.turns import in_turn

OWN = N_("You have written in these minutes yourself. Go back and say that they are to be replaced.")

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
    """Have the minutes written anew from the corrected text; a person's own only where he says so."""
    jobs, owner = konspekt().jobs, sessions.owner()
    present = jobs.results.corrected(jobs.get(owner, job_id))
    if present.own_minutes and "replace" not in request.form:
        raise Conflict(OWN)
    job = jobs.redo(owner, job_id, "summarize")
    if present.own_minutes:
        heard = jobs.results.recording(job)
        jobs.results.correct(job, heard, present.version, Change({}, drop_minutes=True))
    if "HX-Request" in request.headers:
        return "", HTTPStatus.NO_CONTENT
    return redirect(url_for("pages.job", job_id=job_id), HTTPStatus.SEE_OTHER)
