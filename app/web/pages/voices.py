"""The page of remembered voices, and what keeps one from the page of a recording."""

from http import HTTPStatus

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.turns import in_turn
from app.web.core.voices import remember, voices

bp = Blueprint("voices", __name__)


@bp.get("/voices")
def page() -> ResponseReturnValue:
    return render_template("voices.html", voices=voices().of(sessions.owner()))


@bp.post("/jobs/<job_id>/voices")
@in_turn
def keep(job_id: str) -> ResponseReturnValue:
    """Remember a voice by the name in the form; `speaker`: what may still stand in its lines."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    name = request.form.get("name", "")
    remember(job, name, [request.form.get("speaker", "")])
    return jsonify(message=gettext("The voice of %(name)s is remembered.", name=name))


@bp.post("/voices/<voice_id>/delete")
def forget(voice_id: str) -> ResponseReturnValue:
    voices().forget(sessions.owner(), voice_id)
    return redirect(url_for("voices.page"), HTTPStatus.SEE_OTHER)


@bp.post("/voices/delete")
def forget_all() -> ResponseReturnValue:
    voices().forget_all(sessions.owner())
    return redirect(url_for("voices.page"), HTTPStatus.SEE_OTHER)
