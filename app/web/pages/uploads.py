"""POST /jobs: recordings are checked, streamed to disk, judged by their content, and queued."""

from http import HTTPStatus

from flask import Blueprint, flash, jsonify, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

from app.errors import N_, AppError, BadInput, Overloaded
from app.jobs.job import Job
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.file_names import clean_name
from app.web.core.intake import take_file
from app.web.core.multipart import FRAME_BYTES, file_too_large, one_of_few_uploads, received
from app.web.core.security import csrf
from app.web.pages.start import Refusal, front_page
from app.web.pages.upload_form import remember, wishes

bp = Blueprint("uploads", __name__)


@bp.get("/jobs/room")
def room() -> ResponseReturnValue:
    """Answer whether a file would be taken now, so that nobody sends gigabytes to hear that it is not."""
    size_bytes = request.args.get("bytes", 0, type=int)
    config = konspekt().config
    if size_bytes > config.max_upload_bytes:
        raise file_too_large(config.max_upload_bytes)
    konspekt().jobs.admit(1, max(0, size_bytes))
    return "", HTTPStatus.NO_CONTENT


@bp.post("/jobs")
@csrf.exempt  # type: ignore[untyped-decorator]  # checked below: the ordinary check would read the whole body before the queue is asked
def upload() -> ResponseReturnValue:
    """Take one to ten recordings from a form or, one by one, from the page's script."""
    _check_before_the_body()
    with one_of_few_uploads(sessions.owner()):
        return _received()


def _received() -> ResponseReturnValue:
    files = [file for file in request.files.getlist("files") if file.filename]
    csrf.protect()
    owner = sessions.owner()
    wanted = wishes(request.form)
    if not files:
        raise BadInput(N_("No file was sent. Choose at least one recording."))
    taken: list[Job] = []
    refused: list[Refusal] = []
    for file in files:
        name = clean_name(file.filename or "")
        try:
            taken.append(take_file(owner, name, received(file).path, wanted))
        except AppError as error:
            refused.append(Refusal(name, error))
    session["had_jobs"] = True
    remember(request.form)
    return _answer(taken, refused)


def _check_before_the_body() -> None:
    """Refuse what can be refused without reading the body: no session, no room, too much."""
    config, jobs = konspekt().config, konspekt().jobs
    length = request.content_length or 0
    request.max_content_length = config.max_files * config.max_upload_bytes + FRAME_BYTES
    if not sessions.owner():
        raise CSRFError("The visitor has no session.")
    if "X-CSRFToken" in request.headers:
        try:
            validate_csrf(request.headers["X-CSRFToken"])
        except ValidationError as error:
            raise CSRFError(str(error)) from error
        if length > config.max_upload_bytes + FRAME_BYTES:  # the script sends one file at a time
            raise file_too_large(config.max_upload_bytes)
    jobs.admit(1, length)


def _answer(taken: list[Job], refused: list[Refusal]) -> ResponseReturnValue:
    status = HTTPStatus.CREATED if taken else refused[0].error.status
    waits = [refusal.error.retry_after_s for refusal in refused if isinstance(refusal.error, Overloaded)]
    headers = {"Retry-After": str(max(waits))} if waits and not taken else {}
    if request.accept_mimetypes.best == "application/json":
        jobs = [{"id": job.id, "name": job.name} for job in taken]
        errors = [{"name": refusal.name, "message": refusal.message} for refusal in refused]
        return jsonify(jobs=jobs, errors=errors), status, headers
    if taken:
        for refusal in refused:
            flash(gettext("%(name)s: %(error)s", name=refusal.name, error=refusal.message))
        return redirect(url_for("pages.index"), HTTPStatus.SEE_OTHER)
    return front_page(status, refused, headers)
