"""/direct-uploads: files that browsers send straight into the bucket, where files stand in one (s3-shared).

A script asks what is missing, puts these parts where it is told until nothing is, then asks for the job.
"""

from http import HTTPStatus

from flask import Blueprint, jsonify, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError

from app.errors import BadInput, NotFound
from app.integrations.direct_uploads import DirectUpload, DirectUploads
from app.integrations.submitting import known_job
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.file_names import clean_name
from app.web.core.intake import EMPTY, take_stored
from app.web.core.multipart import file_too_large
from app.web.pages import upload_form

bp = Blueprint("direct_uploads", __name__, url_prefix="/direct-uploads")


@bp.post("")
def create() -> ResponseReturnValue:
    """Begin an upload, where a recording of this size would be taken."""
    if not sessions.owner():
        raise CSRFError("The visitor has no session.")
    uploads = _uploads()
    n_bytes, most_bytes = request.form.get("bytes", 0, type=int), konspekt().config.max_upload_bytes
    if n_bytes > most_bytes:
        raise file_too_large(most_bytes)
    if n_bytes <= 0:
        raise BadInput(EMPTY)
    konspekt().jobs.admit(1, 0)  # of its bytes none comes to this disk
    upload = uploads.create(sessions.owner(), clean_name(request.form.get("name", "")), n_bytes)
    session["had_jobs"] = True
    return jsonify(address=url_for("direct_uploads.state", upload_id=upload.id)), HTTPStatus.CREATED


@bp.get("/<upload_id>")
def state(upload_id: str) -> ResponseReturnValue:
    """Say how much has arrived, and where the next parts are to be put."""
    arrived, parts = _uploads().missing(_mine(upload_id))
    answer = jsonify(arrived=arrived, parts=[[part.begin, part.end, part.url] for part in parts])
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.delete("/<upload_id>")
def terminate(upload_id: str) -> ResponseReturnValue:
    """Forget an upload."""
    _uploads().remove(_mine(upload_id))
    return "", HTTPStatus.NO_CONTENT


@bp.post("/<upload_id>/job")
def finish(upload_id: str) -> ResponseReturnValue:
    """Queue what has arrived, as the fields of the form say. Asked again, it gives the same job.

    Where the queue is full, or the form is wrong, the file stays and may be asked for again.
    """
    owner, jobs = sessions.owner(), konspekt().jobs
    if job := known_job(jobs, owner, upload_id):
        return _taken(job)
    upload = _mine(upload_id)
    form = upload_form.wishes(request.form)
    jobs.admit(1, 0)
    if form.callback_url is not None:
        konspekt().integrations.webhooks.check_url(form.callback_url)
    _uploads().complete(upload)
    try:
        job = take_stored(owner, upload.name, upload.size_bytes, form, job_id=upload.id)
    except IntegrityError:  # another page has asked for it at this moment
        job = jobs.get(owner, upload.id)
    _uploads().settle(upload)
    upload_form.remember(request.form)
    return _taken(job)


def _taken(job: Job) -> ResponseReturnValue:
    return jsonify(id=job.id, name=job.name), HTTPStatus.CREATED


def _uploads() -> DirectUploads:
    uploads = konspekt().integrations.direct_uploads
    if uploads is None:
        raise NotFound(UNKNOWN)
    return uploads


def _mine(upload_id: str) -> DirectUpload:
    return _uploads().get(sessions.owner(), upload_id)
