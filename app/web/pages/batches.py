"""The page of lists of web addresses: its form, a list's files, a second try of what has failed."""

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.errors import N_, BadInput, NotFound
from app.jobs.service import UNKNOWN
from app.web.core import sessions
from app.web.core.batches import get_list, outcomes_of, send_result, submit_list
from app.web.core.context import konspekt
from app.web.core.errors import translate
from app.web.core.file_names import clean_name
from app.web.core.multipart import received

bp = Blueprint("lists", __name__)
bp.add_app_template_global(outcomes_of, "list_of")


@bp.get("/vectors")
def page() -> ResponseReturnValue:
    """Show the form of a list."""
    sessions.welcome()
    return render_template("vectors.html", config=konspekt().config, problem=None)


@bp.post("/vectors")
def send() -> ResponseReturnValue:
    """Take a list from the form: a JSON file, or addresses in lines."""
    try:
        if not sessions.owner():
            raise NotFound(UNKNOWN)
        name, items = _from_form()
        key, told = (request.form.get(field, "").strip() for field in ("key", "callback_url"))
        job = submit_list(sessions.owner(), name, items, key or "url", told or None)
    except BadInput as error:
        shown = render_template("vectors.html", config=konspekt().config, problem=translate(error))
        return shown, error.status
    return redirect(url_for("pages.job", job_id=job.id), HTTPStatus.SEE_OTHER)


@bp.post("/jobs/<job_id>/list/again")
def again(job_id: str) -> ResponseReturnValue:
    """Make a new list of what has failed."""
    job = get_list(sessions.owner(), job_id)
    failed = [record.url for record, outcome in outcomes_of(job) if outcome and outcome.reason and record.url]
    if not failed:
        raise NotFound(UNKNOWN)
    made = submit_list(sessions.owner(), job.name, failed, "url")
    return redirect(url_for("pages.job", job_id=made.id), HTTPStatus.SEE_OTHER)


@bp.get("/jobs/<job_id>/list/<file>")
def download(job_id: str, file: str) -> Response:
    """Give one of the result files of a visitor's list."""
    return send_result(get_list(sessions.owner(), job_id), file)


def _from_form() -> tuple[str, list[Any]]:
    upload = request.files.get("list")
    if upload is None or not upload.filename:
        return "list.json", request.form.get("urls", "").split()
    try:
        items = json.loads(received(upload).path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput(N_("The file is not a JSON list of records.")) from error
    if not isinstance(items, list):
        raise BadInput(N_("The file is not a JSON list of records."))
    return clean_name(upload.filename), items
