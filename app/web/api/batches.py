"""Lists of web addresses to vectorize: by page, by API. A list is a job like any other."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.errors import N_, AppError, BadInput, NotFound, TooLarge
from app.integrations.clean_requests import OWNER
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.pipeline.batch import records
from app.pipeline.batch.journal import Outcome, outcomes
from app.pipeline.batch.records import Record
from app.web.api.batches_schema import ListAccepted, ListJob, ListRequest
from app.web.core import sessions
from app.web.core.api_key import keyed
from app.web.core.context import konspekt
from app.web.core.errors import translate
from app.web.core.file_names import clean_name
from app.web.core.multipart import received
from app.web.core.security import csrf

STAGES = ("vectorize_list",)
FILES = {
    "audio_vectors.json": "application/json",
    "audio_vectors.npz": "application/octet-stream",
    "audio_process.json": "application/json",
    "audio_fail.json": "application/json",
}

bp = APIBlueprint("lists", __name__, tag="Vectors")


def init_app(app: Flask) -> None:
    csrf.exempt("app.web.api.batches.take")  # no cookie opens anything in the API
    app.jinja_env.globals["list_of"] = list_of
    app.register_blueprint(bp)


def list_of(job: Job) -> list[tuple[Record, Outcome | None]]:
    """Return each record of a list with what has come of it so far."""
    config = konspekt().config
    found = outcomes(config.results_dir / job.id)
    wanted = records.read(config.uploads_dir / job.id / "source", "url")
    return [(record, found.get(record.key)) for record in wanted]


@bp.get("/vectors")
@bp.doc(hide=True)
def page() -> ResponseReturnValue:
    """Show the form of a list."""
    sessions.welcome()
    return render_template("vectors.html", config=konspekt().config, problem=None)


@bp.post("/vectors")
@bp.doc(hide=True)
def send() -> ResponseReturnValue:
    """Take a list from the form: a JSON file, or addresses in lines."""
    try:
        if not sessions.owner():
            raise NotFound(UNKNOWN)
        name, items = _from_form()
        key, told = (request.form.get(field, "").strip() for field in ("key", "callback_url"))
        job = _submit(sessions.owner(), name, items, key or "url", told or None)
    except BadInput as error:
        shown = render_template("vectors.html", config=konspekt().config, problem=translate(error))
        return shown, error.status
    return redirect(url_for("pages.job", job_id=job.id), HTTPStatus.SEE_OTHER)


@bp.post("/jobs/<job_id>/list/again")
@bp.doc(hide=True)
def again(job_id: str) -> ResponseReturnValue:
    """Make a new list of what has failed."""
    job = _own(sessions.owner(), job_id)
    failed = [record.url for record, outcome in list_of(job) if outcome and outcome.reason and record.url]
    if not failed:
        raise NotFound(UNKNOWN)
    made = _submit(sessions.owner(), job.name, failed, "url")
    return redirect(url_for("pages.job", job_id=made.id), HTTPStatus.SEE_OTHER)


@bp.get("/jobs/<job_id>/list/<file>")
@bp.doc(hide=True)
def download(job_id: str, file: str) -> Response:
    """Give one of FILES of a visitor's list."""
    return _give(_own(sessions.owner(), job_id), file)


@bp.post("/api/vectors")
@keyed
@bp.input(ListRequest, arg_name="body")
@bp.output(ListAccepted, status_code=202)
@bp.doc(
    summary="Make vectors of a list of recordings", description="At most KONSPEKT_MAX_LIST_RECORDS of them."
)
def take(body: dict[str, Any]) -> dict[str, Any]:
    job = _submit(OWNER, "list.json", body["records"], body["key"], body["callback_url"])
    return {
        "job_id": job.id,
        "status": str(job.status),
        "url": url_for("lists.standing", job_id=job.id),
    }


@bp.get("/api/vectors/<job_id>")
@keyed
@bp.output(ListJob)
@bp.doc(summary="Say how far a list is, record by record")
def standing(job_id: str) -> dict[str, Any]:
    job = _own(OWNER, job_id)
    found = list_of(job)
    return {
        "job_id": job.id,
        "status": str(job.status),
        "progress": konspekt().jobs.forecast(job).fraction,
        "error": str(job.error) if job.error else None,
        "records": [
            {"url": record.url, "status": _status(outcome), "reason": outcome.reason if outcome else None}
            for record, outcome in found
        ],
        "deliveries": konspekt().jobs.outside.deliveries.of(job.id),
        "files": [url_for("lists.file", job_id=job.id, file=name) for name in FILES if _path(job, name)],
    }


@bp.get("/api/vectors/<job_id>/<file>")
@keyed
@bp.doc(summary="Get a file of a list: audio_vectors.json or .npz, audio_process.json, audio_fail.json")
def file(job_id: str, file: str) -> Response:
    return _give(_own(OWNER, job_id), file)


def _status(outcome: Outcome | None) -> str:
    return "waiting" if outcome is None else "failed" if outcome.reason else "done"


def _own(owner: str, job_id: str) -> Job:
    job = konspekt().jobs.get(owner, job_id)
    if job.stages != STAGES:
        raise NotFound(UNKNOWN)
    return job


def _path(job: Job, name: str) -> Path | None:
    path = (konspekt().config.results_dir / job.id / name).resolve()
    return path if name in FILES and path.is_file() else None


def _give(job: Job, name: str) -> Response:
    path = _path(job, name)
    if path is None:
        raise NotFound(UNKNOWN)
    response = send_file(path, mimetype=FILES[name], as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _from_form() -> tuple[str, list[Any]]:
    upload = request.files.get("list")
    if upload is not None and upload.filename:
        path = received(upload).path
        try:
            items = json.loads(path.read_text("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise BadInput(N_("The file is not a JSON list of records.")) from error
        if not isinstance(items, list):
            raise BadInput(N_("The file is not a JSON list of records."))
        return clean_name(upload.filename), items
    return "list.json", request.form.get("urls", "").split()


def _submit(owner: str, name: str, items: list[Any], key: str, callback_url: str | None = None) -> Job:
    """Queue a list. Raises BadInput, TooLarge, Overloaded, StorageFull."""
    parts = konspekt()
    wanted = records.parse(items, key)
    if not wanted:
        raise BadInput(N_("The list is empty. Give at least one address."))
    if len(wanted) > parts.config.max_list_records:
        raise TooLarge(
            N_("The list has %(n)d records; at most %(limit)d are taken here. Use “flask vectorize”."),
            n=len(wanted),
            limit=parts.config.max_list_records,
        )
    parts.jobs.admit()
    upload = parts.jobs.incoming()
    upload.write_text(json.dumps([{"url": record.url} for record in wanted]), "utf-8")
    try:
        return parts.jobs.submit(owner, name, upload, stages=STAGES, callback_url=callback_url)
    except AppError:
        upload.unlink(missing_ok=True)
        raise
