"""A recording's transcript for the script of its page, and what a person corrects in it or in the minutes."""

import json
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import TypeAdapter

from app.documents.corrections import MAX_LINES
from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.errors import N_, BadInput, Conflict, NotFound, TooLarge
from app.jobs.service import UNKNOWN
from app.pipeline import corrections
from app.pipeline.corrections import Change, Corrections
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.turns import in_turn
from app.web.pages import recordings

MAX_CHANGE_BYTES = 8 * 2**20  # every line of eight hours at once
MAX_DIGITS = 20  # of a version; Python reads no endless numbers
MAX_KEY = 2**31  # a page draws the keys of new lines at random, so that two pages never draw the same
MAX_TEXT_CHARS = 20_000
MAX_NAME_CHARS = 200
MAX_MINUTES_BYTES = 2**20
LATE_S = 60.0  # recognizers end a last line after the sound does

OWN = N_("You have written in these minutes yourself. Go back and say that they are to be replaced.")
WRONG = N_("This change could not be understood. Reload the page; what you typed is kept in your browser.")

bp = Blueprint("transcripts", __name__)
_CHANGE = TypeAdapter(Change)
_MINUTES = TypeAdapter[Minutes | None](Minutes | None)


@bp.get("/jobs/<job_id>/transcript")
@in_turn
def transcript(job_id: str) -> ResponseReturnValue:
    """Give the lines with the times of their words, under the version as ETag."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    return state(konspekt().jobs.results.corrected(job))


@bp.patch("/jobs/<job_id>/transcript")
@in_turn
def correct(job_id: str) -> ResponseReturnValue:
    """Keep a change of the version that If-Match names; 412 with the present state where that is old."""
    heard = konspekt().jobs.results.recording(konspekt().jobs.get(sessions.owner(), job_id))
    if heard.transcript is None:
        raise NotFound(UNKNOWN)
    change = _change(heard.transcript)
    known = request.if_match.to_header().strip('"')
    is_version = known.isdecimal() and len(known) < MAX_DIGITS
    saved = corrections.save(heard, int(known), change) if is_version else None
    if saved is None:
        return state(corrections.load(heard)), 412
    return _answer(saved, recordings.words_of(saved, change.lines))


@bp.post("/jobs/<job_id>/minutes/again")
@in_turn
def again(job_id: str) -> ResponseReturnValue:
    """Have the minutes written anew from the corrected text; a person's own only where he says so."""
    jobs, owner = konspekt().jobs, sessions.owner()
    present = jobs.results.corrected(jobs.get(owner, job_id))
    asked = (
        "HX-Request" in request.headers or "replace" in request.form
    )  # the page's script asks before it sends
    if present.own_minutes and not asked:
        raise Conflict(OWN)
    job = jobs.redo(owner, job_id, "summarize")
    if present.own_minutes:
        corrections.save(jobs.results.recording(job), present.version, Change({}, drop_minutes=True))
    if "HX-Request" in request.headers:
        return "", HTTPStatus.NO_CONTENT
    return redirect(url_for("pages.job", job_id=job_id), HTTPStatus.SEE_OTHER)


def state(present: Corrections) -> Response:
    """Answer with all lines."""
    if present.recording.transcript is None:
        raise NotFound(UNKNOWN)
    return _answer(present, recordings.words_of(present))


def _answer(present: Corrections, lines: list[dict[str, object]]) -> Response:
    minutes = _MINUTES.dump_python(present.recording.minutes, mode="json")
    answer = jsonify(version=present.version, lines=lines, minutes=minutes)
    answer.set_etag(str(present.version))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _change(transcript: Transcript) -> Change:
    """Read the body, and see that it is no more than a person can have changed."""
    request.max_content_length = MAX_CHANGE_BYTES
    if (request.content_length or 0) > MAX_CHANGE_BYTES:
        raise TooLarge(N_("This change is too large. Make it in smaller steps."))
    body = request.get_data()
    try:
        change = _CHANGE.validate_json(body)
        fits = _is_bounded(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise BadInput(WRONG) from error
    latest_s = transcript.duration_s + LATE_S
    fits = (
        fits
        and len(change.lines) <= MAX_LINES
        and all(
            0 <= key < MAX_KEY
            and (
                line is None
                or (
                    0 <= line.start <= line.end <= latest_s
                    and len(line.text) <= MAX_TEXT_CHARS
                    and len(line.speaker or "") <= MAX_NAME_CHARS
                )
            )
            for key, line in change.lines.items()
        )
    )
    if not fits or (change.minutes is not None and len(body) > MAX_MINUTES_BYTES):
        raise BadInput(WRONG)
    return change


def _is_bounded(value: object) -> bool:
    """Tell whether every text and number could have come from a person, whatever record they stand in."""
    if isinstance(value, dict | list):
        return all(map(_is_bounded, value.values() if isinstance(value, dict) else value))
    if isinstance(value, str):
        return len(value) <= MAX_TEXT_CHARS
    return not isinstance(value, int | float) or abs(value) < MAX_KEY  # NaN is not
