"""/api/v1/jobs: a program sends recordings, asks how far they are, cancels, retries and deletes them."""

import json
from collections.abc import Callable
from functools import wraps
from pathlib import PurePosixPath
from typing import Any, ParamSpec, TypeVar

from apiflask import APIBlueprint
from flask import Response, jsonify, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import PreconditionFailed

from app.errors import N_, BadInput
from app.integrations.idempotency import MAX_KEY_CHARS
from app.integrations.submitting import known_job
from app.jobs.job import Job, JobPriority, JobStatus
from app.storage.files import file_sha256
from app.web.api.job_answers import cursor_of, described, etag_of, place_of
from app.web.api.jobs_schema import JobAnswer, JobPage, JobPatch, ListQuery, NewJob
from app.web.core.api_key import check_key, owner
from app.web.core.context import konspekt
from app.web.core.file_names import clean_name
from app.web.core.intake import Wishes, named, take_file, take_link, take_text, wishes_of
from app.web.core.multipart import Part, large_body, one_of_few_uploads, received
from app.web.core.tus import take_upload

ONE_SOURCE = N_("Name one recording: a file in the field “file”, upload, url, file_key, or text.")
LONG_KEY = N_("An Idempotency-Key may have at most %(most)d characters.")

P = ParamSpec("P")
T = TypeVar("T")

bp = APIBlueprint("jobs", __name__, url_prefix="/api/v1", tag="Jobs")
bp.before_request(check_key)


def with_room(view: Callable[P, T]) -> Callable[P, T]:
    """Refuse before the body is read what would be refused after it. It stands above `bp.input`."""

    @wraps(view)
    def admitted(*args: P.args, **kwargs: P.kwargs) -> T:
        if "Idempotency-Key" not in request.headers:  # whose job may be there already
            konspekt().jobs.admit(1, 0)
        with one_of_few_uploads(f"{owner()} {request.remote_addr}"):
            return view(*args, **kwargs)

    return large_body(admitted)


@bp.post("/jobs")
@with_room
@bp.input(NewJob, location="json_or_form", arg_name="wanted")
@bp.output(JobAnswer, status_code=202)
@bp.doc(
    summary="Send a recording",
    description="As a multipart form with `file`, or as JSON with `url`, `file_key`, `upload` (of what was"
    " sent in pieces), or `text` to write minutes of. With an `Idempotency-Key` the same request again, as"
    " after a lost answer, gives the same job.",
)
def create(wanted: dict[str, Any]) -> Any:
    file = request.files.get("file")
    sources = [name for name in ("upload", "url", "file_key", "text") if wanted[name]] + ["file"] * bool(file)
    if len(sources) != 1:
        raise BadInput(ONE_SOURCE)
    switched = {name for name, value in wanted.items() if value is True}
    wishes = wishes_of(
        wanted["language"],
        wanted["speakers"],
        wanted["terms"],
        switched,
        wanted["callback_url"],
        wanted["model"],
        wanted["form"],
    )
    part = received(file) if file else None
    job, replayed = _once(wanted, file, part, wishes)
    answer = jsonify(JobAnswer().dump(described(job)))
    answer.status_code = 202
    answer.headers["Location"] = url_for("jobs.get", job_id=job.id)
    if replayed:
        answer.headers["Idempotency-Replayed"] = "true"
    return answer


@bp.get("/jobs")
@bp.input(ListQuery, location="query", arg_name="query")
@bp.output(JobPage)
@bp.doc(summary="List the jobs, newest first, page by page")
def index(query: dict[str, Any]) -> dict[str, Any]:
    jobs = konspekt().jobs
    statuses = [JobStatus(status) for status in query["status"]]
    page = jobs.parts.listing.page(owner(), query["limit"], statuses, place_of(query["cursor"]))
    foreseen = jobs.forecasts(page.jobs)
    return {
        "jobs": [described(job, forecast) for job, forecast in zip(page.jobs, foreseen, strict=True)],
        "next_cursor": cursor_of(page.more),
    }


@bp.get("/jobs/<job_id>")
@bp.output(JobAnswer)
@bp.doc(summary="Say how far a job is")
def get(job_id: str) -> Response:
    return answered(konspekt().jobs.get(owner(), job_id))


@bp.patch("/jobs/<job_id>")
@bp.input(JobPatch, arg_name="wanted")
@bp.output(JobAnswer)
@bp.doc(
    summary="Call a recording otherwise",
    description="With the ETag of the job in `If-Match` only where nobody else has done so meanwhile.",
    responses={412: "It has another ETag by now."},
)
def rename(job_id: str, wanted: dict[str, Any]) -> Response:
    jobs = konspekt().jobs
    job = jobs.get(owner(), job_id)
    if request.if_match and etag_of(job) not in request.if_match:
        raise PreconditionFailed
    jobs.shelf.rename(job, wanted["name"])
    return answered(jobs.get(owner(), job_id))


@bp.post("/jobs/<job_id>/cancel")
@bp.output(JobAnswer)
@bp.doc(summary="Cancel a job", description="A running one stops soon; what has ended stays as it is.")
def cancel(job_id: str) -> Response:
    return answered(konspekt().jobs.cancel(owner(), job_id))


@bp.post("/jobs/<job_id>/retry")
@bp.output(JobAnswer)
@bp.doc(summary="Try a failed or cancelled job again", description="Its finished stages are not done again.")
def retry(job_id: str) -> Response:
    return answered(konspekt().jobs.retry(owner(), job_id))


@bp.delete("/jobs/<job_id>")
@bp.output({}, status_code=204)
@bp.doc(summary="Delete a job with all its files", description="A running one goes when it has stopped.")
def delete(job_id: str) -> str:
    konspekt().jobs.delete(owner(), job_id)
    return ""


def answered(job: Job) -> Response:
    answer = jsonify(JobAnswer().dump(described(job)))
    answer.set_etag(etag_of(job))
    return answer


def _once(
    wanted: dict[str, Any], file: FileStorage | None, part: Part | None, wishes: Wishes
) -> tuple[Job, bool]:
    """Make the job, or find the one that the same request has made; say which."""
    jobs, calling = konspekt().jobs, owner()
    name = clean_name(wanted["name"] or (file.filename if file else "") or _named(wanted))

    def submit(job_id: str | None = None) -> Job:
        jobs.admit(1, 0)
        how: dict[str, Any] = {"job_id": job_id, "priority": JobPriority.BATCH}  # people go first
        if wanted["upload"]:
            return take_upload(calling, wanted["upload"], wishes, name=wanted["name"], **how)
        if part:
            return take_file(calling, name, part.path, wishes, **how)
        if wanted["text"]:
            return take_text(calling, name, wanted["text"], wishes, **how)
        return take_link(calling, name, wishes, url=wanted["url"], file_key=wanted["file_key"], **how)

    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return submit(), False
    if len(key) > MAX_KEY_CHARS:
        raise BadInput(LONG_KEY, most=MAX_KEY_CHARS)
    asked = json.dumps([wanted, name, file_sha256(part.path) if part else None], sort_keys=True).encode()
    return konspekt().integrations.idempotency.once(
        calling, key, asked, lambda job_id: known_job(jobs, calling, job_id), submit
    )


def _named(wanted: dict[str, Any]) -> str:
    return PurePosixPath(wanted["file_key"] or named(wanted["url"] or "")).name
