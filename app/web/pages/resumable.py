"""/uploads: files in pieces, by tus 1.0. `POST /uploads/<id>/job` makes a job of one."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

from app.jobs.job import Job
from app.web.core import sessions, tus
from app.web.core.context import konspekt
from app.web.core.partial_uploads import PartialUpload
from app.web.core.security import csrf
from app.web.pages import upload_form

bp = Blueprint("resumable", __name__, url_prefix="/uploads")


@bp.route("", methods=["OPTIONS"], provide_automatic_options=False)
def abilities() -> Response:
    return tus.abilities()


@bp.post("", provide_automatic_options=False)
@tus.tus
def create() -> Response:
    """Begin an upload; its address is told in `Location`."""
    if not sessions.owner():
        raise CSRFError("The visitor has no session.")
    upload = tus.begin(sessions.owner())
    session["had_jobs"] = True
    answer = tus.placed(HTTPStatus.CREATED, upload)
    answer.headers["Location"] = url_for("resumable.state", upload_id=upload.id)
    return answer


@bp.route("/<upload_id>", methods=["HEAD"])
@tus.tus
def state(upload_id: str) -> Response:
    return tus.placed(HTTPStatus.OK, _mine(upload_id))


@bp.patch("/<upload_id>")
@csrf.exempt  # type: ignore[untyped-decorator]  # checked below: the ordinary check would read the body
@tus.tus
def append(upload_id: str) -> Response:
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error
    return tus.take_piece(_mine(upload_id))


@bp.delete("/<upload_id>")
@tus.tus
def terminate(upload_id: str) -> Response:
    """Forget an upload."""
    konspekt().partial_uploads.remove(_mine(upload_id))
    return Response(status=HTTPStatus.NO_CONTENT)


@bp.post("/<upload_id>/job")
def finish(upload_id: str) -> ResponseReturnValue:
    """Queue what has arrived, as the fields of the form say. Asked again, it gives the same job.

    Where the queue is full, or the form is wrong, the file stays and may be asked for again.
    """
    job = tus.take_upload(sessions.owner(), upload_id, upload_form.wishes(request.form))
    upload_form.remember(request.form)
    return _taken(job)


def _taken(job: Job) -> ResponseReturnValue:
    return jsonify(id=job.id, name=job.name), HTTPStatus.CREATED


def _mine(upload_id: str) -> PartialUpload:
    return konspekt().partial_uploads.get(sessions.owner(), upload_id)
