"""/api/clean, for other systems: an item of the bucket is cleaned, recorded and sent on."""

from typing import Any

from apiflask import APIBlueprint
from flask import request, url_for

from app.errors import NotFound
from app.integrations import clean_requests
from app.integrations.record_sync import item_status
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import CleanRequest
from app.web.api.clean_schema import Accepted, CleanJob, DeliveriesAnswer
from app.web.api.clean_schema import CleanRequest as CleanRequestSchema
from app.web.api.written import written
from app.web.core import sessions
from app.web.core.api_key import check_key, keyed, owner
from app.web.core.context import konspekt
from app.web.core.turns import in_turn

bp = APIBlueprint("service", __name__, url_prefix="/api", tag="Service")


@bp.post("/clean")
@keyed
@bp.input(CleanRequestSchema, arg_name="body")
@bp.output(Accepted, status_code=202)
@bp.doc(
    summary="Clean a recording of the bucket",
    description="Fetches it, measures its length, cleans it, puts the result beside it, writes the record"
    " and sends it on to transcription. The same item_id again gives the same job; with another"
    " file_key, do_clean or callback_url it is refused.",
    responses={409: "The item is known with another body."},
)
def clean(body: dict[str, Any]) -> dict[str, Any]:
    parts, item = konspekt(), body["input"]
    wanted = CleanRequest(item["item_id"], item["file_key"], item["do_clean"])
    job = clean_requests.submit(parts.jobs, parts.config, wanted, owner(), body["callback_url"])
    return {
        "job_id": job.id,
        "item_id": wanted.item_id,
        "status": str(job.status),
        "url": url_for("service.cleaning", job_id=job.id),
    }


@bp.get("/clean/<job_id>")
@keyed
@in_turn
@bp.output(CleanJob)
@bp.doc(summary="Say how far an item is, with its transcript and minutes once they are there")
def cleaning(job_id: str) -> dict[str, Any]:
    jobs = konspekt().jobs
    job = _item(job_id)
    assert job.clean_request is not None
    recording = jobs.results.recording(job)
    left_as_it_was = recording.cleaned if isinstance(recording.cleaned, NotCleaned) else None
    error = job.error or left_as_it_was
    return {
        "job_id": job.id,
        "item_id": job.clean_request.item_id,
        "status": str(job.status),
        "item_status": item_status(job, recording),
        "stage": job.stage,
        "progress": jobs.forecast(job).fraction,
        "length_s": job.duration_s,
        "cleaned_file": recording.stored.key if recording.stored else None,
        "engine": job.engines.get("clean") or None,
        "cleaned_sha256": recording.stored.sha256 if recording.stored else None,
        "copy_pending": not (job.status.ended or recording.stored) and isinstance(recording.cleaned, Cleaned),
        "next_try_at": job.next_try_at,
        "error": str(error) if error else None,
        **written(job, recording),
        "deliveries": konspekt().integrations.webhooks.of(job.id),
    }


@bp.delete("/clean/<job_id>")
@keyed
@bp.output({}, status_code=204)
@bp.doc(
    summary="Delete an item's job with all its files here",
    description="A running one stops first. The record and the cleaned file in the bucket stay. The item can"
    " then be sent again, also with another body.",
)
def delete(job_id: str) -> str:
    konspekt().jobs.delete(owner(), _item(job_id).id)
    return ""


def _item(job_id: str) -> Job:
    job = konspekt().jobs.get(owner(), job_id)
    if job.clean_request is None:
        raise NotFound(UNKNOWN)
    return job


@bp.get("/jobs/<job_id>/deliveries")
@bp.output(DeliveriesAnswer)
@bp.doc(
    summary="List the notifications of a job, with each try",
    description="Of a job that was made with the key, or of a recording of the page's visitor.",
)
def deliveries(job_id: str) -> dict[str, Any]:
    parts, asking = konspekt(), sessions.owner()
    if "Authorization" in request.headers or not asking:
        check_key()
        asking = owner()
    return {"deliveries": parts.integrations.webhooks.of(parts.jobs.get(asking, job_id).id)}
