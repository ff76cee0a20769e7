"""/uploads: files in pieces, by tus 1.0 (https://tus.io/protocols/resumable-upload).

With its extensions creation, termination and expiration. `POST /uploads/<id>/job` makes a job of it.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable
from email.utils import format_datetime
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec

from flask import Blueprint, Response, jsonify, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

from app.errors import N_, BadInput, Conflict, TooLarge
from app.integrations.submitting import known_job
from app.jobs.job import Job
from app.jobs.unfinished_uploads import INCOMPLETE
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.file_names import clean_name
from app.web.core.intake import EMPTY, take_file
from app.web.core.multipart import file_too_large, one_of_few_uploads
from app.web.core.partial_uploads import PartialUpload
from app.web.core.security import csrf
from app.web.pages import upload_form

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
PIECE = "application/offset+octet-stream"
NO_LENGTH = N_("Say how long the file is.")
TOO_MUCH = N_("This piece is longer than the rest of the file.")

P = ParamSpec("P")
bp = Blueprint("resumable", __name__, url_prefix="/uploads")


def tus(view: Callable[P, Response]) -> Callable[P, Response]:
    """Speak only with who speaks this version, and say in each answer that it is spoken."""

    @wraps(view)
    def answered(*args: P.args, **kwargs: P.kwargs) -> Response:
        if request.headers.get("Tus-Resumable") != VERSION:
            return Response(status=HTTPStatus.PRECONDITION_FAILED, headers={"Tus-Version": VERSION})
        answer = view(*args, **kwargs)
        answer.headers["Tus-Resumable"] = VERSION
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return answered


@bp.route("", methods=["OPTIONS"], provide_automatic_options=False)
def abilities() -> Response:
    """Say what is understood here, and how large a file may be."""
    answer = Response(status=HTTPStatus.NO_CONTENT)
    answer.headers.extend(
        {
            "Tus-Resumable": VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(konspekt().config.max_upload_bytes),
        }
    )
    return answer


@bp.post("", provide_automatic_options=False)
@tus
def create() -> Response:
    """Begin an upload, where a recording of this size would be taken."""
    if not sessions.owner():
        raise CSRFError("The visitor has no session.")
    length = request.headers.get("Upload-Length", "")
    if not (length.isascii() and length.isdecimal() and len(length) < 20):
        raise BadInput(NO_LENGTH)
    n_bytes, most_bytes = int(length), konspekt().config.max_upload_bytes
    if n_bytes > most_bytes:
        raise file_too_large(most_bytes)
    if n_bytes == 0:
        raise BadInput(EMPTY)
    konspekt().jobs.admit(1, n_bytes)
    name = clean_name(_metadata().get("filename", ""))
    upload = konspekt().partial_uploads.create(sessions.owner(), name, n_bytes)
    session["had_jobs"] = True
    answer = Response(status=HTTPStatus.CREATED)
    answer.headers["Location"] = url_for("resumable.state", upload_id=upload.id)
    return _placed(answer, upload)


@bp.route("/<upload_id>", methods=["HEAD"])
@tus
def state(upload_id: str) -> Response:
    """Say how much has arrived."""
    return _placed(Response(status=HTTPStatus.OK), _mine(upload_id))


@bp.patch("/<upload_id>")
@csrf.exempt  # type: ignore[untyped-decorator]  # checked below: the ordinary check would read the body
@tus
def append(upload_id: str) -> Response:
    """Take a piece that follows what has arrived."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error
    upload = _mine(upload_id)
    if request.mimetype != PIECE:
        return Response(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    at = request.headers.get("Upload-Offset", "")
    if not (at.isascii() and at.isdecimal() and len(at) < 20):
        raise BadInput(NO_LENGTH)
    room_bytes = upload.n_bytes - upload.n_arrived
    if (request.content_length or 0) > room_bytes:
        raise TooLarge(TOO_MUCH)
    request.max_content_length = room_bytes + 1  # Werkzeug refuses a body as soon as it has as much
    with one_of_few_uploads(upload.owner):
        konspekt().partial_uploads.append(upload, int(at), request.stream)
    return _placed(Response(status=HTTPStatus.NO_CONTENT), upload)


@bp.delete("/<upload_id>")
@tus
def terminate(upload_id: str) -> Response:
    """Forget an upload."""
    konspekt().partial_uploads.remove(_mine(upload_id))
    return Response(status=HTTPStatus.NO_CONTENT)


@bp.post("/<upload_id>/job")
def finish(upload_id: str) -> ResponseReturnValue:
    """Queue what has arrived, as the fields of the form say. Asked again, it gives the same job.

    Where the queue is full, or the form is wrong, the file stays and may be asked for again.
    """
    owner, uploads = sessions.owner(), konspekt().partial_uploads
    if job := known_job(konspekt().jobs, owner, upload_id):
        return _taken(job)
    upload = _mine(upload_id)
    form = upload_form.wishes(request.form)
    if upload.n_arrived < upload.n_bytes:
        raise Conflict(INCOMPLETE)
    konspekt().jobs.admit(1, 0)  # before its content is judged: what is not a recording is deleted
    if form.callback_url is not None:
        konspekt().integrations.webhooks.check_url(form.callback_url)
    with uploads.held(upload):
        try:
            job = take_file(owner, upload.name, upload.data, form, job_id=upload.id)
        except BadInput:
            uploads.remove(upload)
            raise
    uploads.remove(upload)
    upload_form.remember(request.form)
    return _taken(job)


def _taken(job: Job) -> ResponseReturnValue:
    return jsonify(id=job.id, name=job.name), HTTPStatus.CREATED


def _mine(upload_id: str) -> PartialUpload:
    return konspekt().partial_uploads.get(sessions.owner(), upload_id)


def _placed(answer: Response, upload: PartialUpload) -> Response:
    answer.headers["Upload-Offset"] = str(upload.n_arrived)
    answer.headers["Upload-Length"] = str(upload.n_bytes)
    answer.headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return answer


def _metadata() -> dict[str, str]:
    """Read Upload-Metadata: pairs of a key and base64. What is none is left out."""
    found = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = b64decode(value, validate=True).decode("utf-8", "replace")
        except binascii.Error:
            continue
    return found
