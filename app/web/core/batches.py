"""Lists of web addresses as jobs: queued, and read back record by record. For their page and their API."""

from typing import Any

from flask import Response, send_file

from app.errors import N_, BadInput, NotFound, TooLarge
from app.integrations.submitting import submit_request
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.pipeline.batch import records
from app.pipeline.batch.journal import Outcome, outcomes
from app.pipeline.batch.records import Record
from app.web.core.context import konspekt

STAGES = ("vectorize_list",)
FILES = {
    "audio_vectors.json": "application/json",
    "audio_vectors.npz": "application/octet-stream",
    "audio_process.json": "application/json",
    "audio_fail.json": "application/json",
}


def submit_list(owner: str, name: str, items: list[Any], key: str, callback_url: str | None = None) -> Job:
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
    asked = [{"url": record.url} for record in wanted]
    return submit_request(parts.jobs, asked, name, STAGES, owner=owner, callback_url=callback_url)


def get_list(owner: str, job_id: str) -> Job:
    """Return the owner's job, if it is a list. Raises NotFound."""
    job = konspekt().jobs.get(owner, job_id)
    if job.stages != STAGES:
        raise NotFound(UNKNOWN)
    return job


def outcomes_of(job: Job) -> list[tuple[Record, Outcome | None]]:
    """Return each record of a list with what has come of it so far."""
    recording = konspekt().jobs.results.recording(job)
    found = outcomes(recording.folder)
    return [(record, found.get(record.key)) for record in records.read(recording.source, "url")]


def send_result(job: Job, name: str) -> Response:
    """Answer with one of FILES. Raises NotFound."""
    if name not in FILES:
        raise NotFound(UNKNOWN)
    path = konspekt().jobs.results.file(job, name)
    response = send_file(path, mimetype=FILES[name], as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
