"""Files in pieces by tus 1.0 (https://tus.io/protocols/resumable-upload), for the pages and for programs.

With its extensions creation, termination and expiration.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable
from email.utils import format_datetime
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec

from flask import Response, after_this_request, request
from werkzeug.exceptions import UnsupportedMediaType

from app.errors import N_, BadInput, Conflict, TooLarge
from app.integrations.submitting import known_job
from app.jobs.job import Job, JobPriority
from app.jobs.unfinished_uploads import INCOMPLETE
from app.web.core.context import konspekt
from app.web.core.file_names import clean_name
from app.web.core.intake import EMPTY, Wishes, take_file
from app.web.core.multipart import file_too_large, one_of_few_uploads
from app.web.core.partial_uploads import PartialUpload

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
PIECE = "application/offset+octet-stream"
NO_LENGTH = N_("Say how long the file is.")
TOO_MUCH = N_("This piece is longer than the rest of the file.")

P = ParamSpec("P")


def tus(view: Callable[P, Response]) -> Callable[P, Response]:
    """Speak only with who speaks this version, and say in each answer that it is spoken."""

    @wraps(view)
    def answered(*args: P.args, **kwargs: P.kwargs) -> Response:
        after_this_request(_spoken)
        if request.headers.get("Tus-Resumable") != VERSION:
            return Response(status=HTTPStatus.PRECONDITION_FAILED, headers={"Tus-Version": VERSION})
        return view(*args, **kwargs)

    return answered


def _spoken(answer: Response) -> Response:
    """Say so in refusals too, as tus asks."""
    answer.headers["Tus-Resumable"] = VERSION
    answer.headers["Cache-Control"] = "no-store"
    return answer


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


def begin(owner: str) -> PartialUpload:
    """Begin an upload, where a recording of this size would be taken."""
    length = request.headers.get("Upload-Length", "")
    if not (length.isascii() and length.isdecimal() and len(length) < 20):
        raise BadInput(NO_LENGTH)
    n_bytes, most_bytes = int(length), konspekt().config.max_upload_bytes
    if n_bytes > most_bytes:
        raise file_too_large(most_bytes)
    if n_bytes == 0:
        raise BadInput(EMPTY)
    konspekt().jobs.admit(1, n_bytes)
    return konspekt().partial_uploads.create(owner, clean_name(_metadata().get("filename", "")), n_bytes)


def take_piece(upload: PartialUpload) -> Response:
    """Take a piece that follows what has arrived."""
    if request.mimetype != PIECE:
        raise UnsupportedMediaType
    at = request.headers.get("Upload-Offset", "")
    if not (at.isascii() and at.isdecimal() and len(at) < 20):
        raise BadInput(NO_LENGTH)
    room_bytes = upload.n_bytes - upload.n_arrived
    if (request.content_length or 0) > room_bytes:
        raise TooLarge(TOO_MUCH)
    request.max_content_length = room_bytes + 1  # Werkzeug refuses a body as soon as it has as much
    with one_of_few_uploads(upload.owner):
        konspekt().partial_uploads.append(upload, int(at), request.stream)
    return placed(HTTPStatus.NO_CONTENT, upload)


def take_upload(
    owner: str,
    upload_id: str,
    wishes: Wishes,
    *,
    name: str = "",
    job_id: str | None = None,
    priority: JobPriority = JobPriority.INTERACTIVE,
) -> Job:
    """Queue what has arrived, called by its own name or `name`. Asked again, it gives the same job.

    Where the queue is full, or the wishes are wrong, the file stays and may be asked for again.
    """
    parts = konspekt()
    if job := known_job(parts.jobs, owner, job_id or upload_id):
        return job
    uploads = parts.partial_uploads
    upload = uploads.get(owner, upload_id)
    if upload.n_arrived < upload.n_bytes:
        raise Conflict(INCOMPLETE)
    parts.jobs.admit(1, 0)  # before its content is judged: what is not a recording is deleted
    if wishes.callback_url is not None:
        parts.integrations.webhooks.check_url(wishes.callback_url)
    called = clean_name(name) if name else upload.name
    with uploads.held(upload):
        try:
            job = take_file(owner, called, upload.data, wishes, job_id=job_id or upload.id, priority=priority)
        except BadInput:
            uploads.remove(upload)
            raise
    uploads.remove(upload)
    return job


def placed(status: HTTPStatus, upload: PartialUpload) -> Response:
    """Say how much has arrived."""
    answer = Response(status=status)
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
