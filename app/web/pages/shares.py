"""Links by which others read a recording: made and taken back by its owner, opened by whoever has one."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.errors import N_, BadInput, NotFound
from app.jobs.job import Job
from app.jobs.shares import NOT_VALID
from app.web.core import documents, sessions, timed_words
from app.web.core.context import konspekt
from app.web.core.share_links import opened
from app.web.core.turns import in_turn
from app.web.pages import recordings, rows, sound

DAYS = (1, 7, 30)
WRONG_DAYS = N_("Choose for how long the link is to be valid.")

bp = Blueprint("shares", __name__)


@bp.post("/jobs/<job_id>/shares")
def create(job_id: str) -> ResponseReturnValue:
    """Make a link for some of DAYS, with or without the sound."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    days = request.form.get("days", "")
    if days not in map(str, DAYS):
        raise BadInput(WRONG_DAYS)
    lasts = timedelta(days=int(days))
    konspekt().jobs.shares.create(job, datetime.now(UTC), lasts, "sound" in request.form)
    return redirect(url_for("pages.job", job_id=job_id, _anchor="share"), HTTPStatus.SEE_OTHER)


@bp.post("/jobs/<job_id>/shares/<share_id>/revoke")
def revoke(job_id: str, share_id: str) -> ResponseReturnValue:
    """Take a link back; it opens nothing from here on."""
    konspekt().jobs.shares.revoke(konspekt().jobs.get(sessions.owner(), job_id), share_id)
    return redirect(url_for("pages.job", job_id=job_id, _anchor="share"), HTTPStatus.SEE_OTHER)


@bp.get("/shared/<token>")
@in_turn
def page(token: str) -> ResponseReturnValue:
    """Show the minutes and the transcript, to be read only."""
    job, share = opened(token)
    whole = "whole" in request.args
    shown = recordings.shown(job, shared=True, with_sound=share.with_sound, whole=whole)
    where = {"listen": url_for("shares.listen", token=token, decoded=shown.decoded)}
    where["watch"] = url_for("shares.watch", token=token)
    where["whole"] = url_for("shares.page", token=token, whole=1)
    where["transcript"] = url_for("shares.transcript", token=token, **shown.asks)
    answer = make_response(
        render_template(
            "shared.html",
            row=rows.row(job),
            shown=shown,
            recording=shown.recording,
            share=share,
            where=where,
            token=token,
        )
    )
    return _unlisted(answer)


@bp.get("/shared/<token>/transcript")
@in_turn
def transcript(token: str) -> ResponseReturnValue:
    """Give the lines to the script of the page, as the owner's page asks."""
    job, _ = opened(token)
    return _unlisted(timed_words.asked(job))


@bp.get("/shared/<token>/listen")
def listen(token: str) -> ResponseReturnValue:
    """Give the sound to a player, where the link is one with sound; `?decoded` as to its owner."""
    return _unlisted(sound.heard(_with_sound(token)))


@bp.get("/shared/<token>/watch")
def watch(token: str) -> ResponseReturnValue:
    """Give the video to a player, where the link is one with sound."""
    return _unlisted(sound.seen(_with_sound(token)))


@bp.get("/shared/<token>/download/<file>")
@in_turn
def download(token: str, file: str) -> ResponseReturnValue:
    """Give one of the documents; `?form=` in one of FORMS."""
    job, _ = opened(token)
    return _unlisted(documents.document(job, file, request.args.get("form", "minutes")))


def _with_sound(token: str) -> Job:
    job, share = opened(token)
    if not share.with_sound:
        raise NotFound(NOT_VALID)
    return job


def _unlisted(answer: Response) -> Response:
    """Keep it out of search engines, and its address out of what browsers tell other sites."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
