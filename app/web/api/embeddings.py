"""POST /encode_audio: the vector of one recording, by its web address, from the bucket, or as it is sent."""

from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from apiflask import APIBlueprint
from flask import Response, jsonify, request, url_for
from werkzeug.datastructures import FileStorage

from app.engines.base import Embedding
from app.errors import N_, BadInput, NotFound
from app.integrations.submitting import submit_request
from app.jobs.job import Job, JobPriority, JobStatus
from app.jobs.service import UNKNOWN
from app.pipeline.embed_file import EmbeddedFile, embed_file
from app.pipeline.limits import limits_of
from app.progress import Progress
from app.web.api.embeddings_schema import EncodeAnswer, EncodeJob, EncodeRequest
from app.web.core.api_key import check_key, owner
from app.web.core.context import konspekt
from app.web.core.file_names import clean_name
from app.web.core.multipart import large_body, received
from app.web.core.problem import wrong_fields
from app.web.core.sync_calls import awaited_call, call_slot

STAGES = ("extract", "vectorize")

bp = APIBlueprint("encode", __name__, tag="Vectors")
bp.before_request(check_key)


class MissingInput(BadInput):
    """Refuse a request that names no recording, or more than one."""

    status = HTTPStatus.BAD_REQUEST


@bp.post("/encode_audio")
@large_body
@bp.input(EncodeRequest, location="form_and_files", arg_name="form", validation=False)
@bp.output(EncodeAnswer, description="The vector.")
@bp.doc(
    summary="Make the vector of a recording",
    description="Takes JSON with `video_url` or `file_key`, or a multipart form with `file`. With `async`, it"
    " becomes a job, answered with 202; else the answer comes when the vector is ready.",
    responses={
        202: "A job that is asked for its vector later.",
        400: "No recording is named, or several.",
        422: "The address or the recording cannot be used; the message says why.",
        503: "Too many synchronous calls at once, or a full queue; come back after `Retry-After` seconds.",
    },
)
def encode_audio(form: Any) -> Response | dict[str, Any]:
    wanted = _wanted()
    file: FileStorage | None = request.files.get("file")
    named = [name for name in ("video_url", "file_key") if wanted.get(name)] + ["file"] * bool(file)
    if len(named) != 1:
        raise MissingInput(N_("Name one recording: video_url, file_key, or a file in the field “file”."))
    if url := wanted.get("video_url"):
        konspekt().integrations.fetcher.guard.check_url(url)
    if wanted["callback_url"] and not wanted["run_async"]:
        raise MissingInput(N_("A callback_url needs “async”: without it the answer is the vector itself."))
    if wanted["run_async"]:
        job = _queue(wanted, file)
        url = url_for("encode.encoding", job_id=job.id)
        accepted = jsonify(job_id=job.id, status=str(job.status), url=url)
        accepted.status_code = HTTPStatus.ACCEPTED
        return accepted
    return _now(wanted, file)


@bp.get("/encode_audio/<job_id>")
@bp.output(EncodeJob)
@bp.doc(summary="Say how far an asynchronous call is, with the vector once it is there")
def encoding(job_id: str) -> dict[str, Any]:
    jobs = konspekt().jobs
    job = jobs.get(owner(), job_id)
    if job.stages[-len(STAGES) :] != STAGES:
        raise NotFound(UNKNOWN)
    recording = jobs.results.recording(job)
    answer: dict[str, Any] = {
        "job_id": job.id,
        "status": str(job.status),
        "progress": jobs.forecast(job).fraction,
        "error": str(job.error) if job.error else None,
        "deliveries": konspekt().integrations.webhooks.of(job.id),
    }
    if job.status is JobStatus.DONE and recording.embedding and recording.media:
        assert job.started_at is not None
        assert job.finished_at is not None
        answer |= _vector(recording.embedding) | {
            "processing_time_s": round((job.finished_at - job.started_at).total_seconds(), 3),
            "video_length_s": round(recording.media.duration_s or 0.0, 3),
            "channels": recording.media.channels,
            "sample_rate_hz": recording.media.sample_rate_hz,
        }
    return answer


def _wanted() -> dict[str, Any]:
    """Read the fields from JSON or from a form. Raises MissingInput for what is neither."""
    if request.mimetype == "application/json":
        found = request.get_json(silent=True)
        if not isinstance(found, dict):
            raise MissingInput(N_("The body is not a JSON object."))
    else:
        found = request.form.to_dict()
    schema = EncodeRequest(exclude=("file",))
    if problems := schema.validate(found):
        name, reason = next(wrong_fields(problems))
        raise MissingInput(N_("The field %(name)s is wrong: %(reason)s"), name=name, reason=reason)
    wanted: dict[str, Any] = schema.load(found)
    return wanted


def _now(wanted: dict[str, Any], file: FileStorage | None) -> dict[str, Any]:
    parts = konspekt()
    limits = limits_of(parts.config)
    with call_slot(), awaited_call() as (folder, progress):
        source = received(file).path if file else _fetch(wanted, folder / "source", progress)
        found = embed_file(source, folder, parts.engines, parts.config.pooling, limits, progress)
    return _answer(found)


def _fetch(wanted: dict[str, Any], target: Path, progress: Progress) -> Path:
    konspekt().integrations.fetcher.fetch_request(_request(wanted), target, progress)
    return target


def _queue(wanted: dict[str, Any], file: FileStorage | None) -> Job:
    jobs, told = konspekt().jobs, wanted["callback_url"]
    if file:
        jobs.admit()
        name, upload = clean_name(file.filename or ""), received(file).path
        return jobs.submit(
            owner(), name, upload, stages=STAGES, callback_url=told, priority=JobPriority.BATCH
        )
    url, key = wanted.get("video_url"), wanted.get("file_key")
    if key:
        _ = konspekt().integrations.service_bucket  # raises where no bucket is configured
    name = clean_name(PurePosixPath(key or unquote(urlsplit(url or "").path)).name)
    stages = ("download", *STAGES)
    return submit_request(jobs, _request(wanted), name, stages, owner=owner(), callback_url=told)


def _request(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what `Fetcher` takes, now or in a job."""
    return {"url": wanted.get("video_url"), "file_key": wanted.get("file_key")}


def _answer(found: EmbeddedFile) -> dict[str, Any]:
    return _vector(found.embedding) | {
        "processing_time_s": round(found.processing_s, 3),
        "video_length_s": round(found.media.duration_s or 0.0, 3),
        "channels": found.media.channels,
        "sample_rate_hz": found.media.sample_rate_hz,
    }


def _vector(embedding: Embedding) -> dict[str, Any]:
    return {
        "vector": [embedding.vector.tolist()],
        "engine": embedding.engine,
        "pooling": embedding.pooling,
    }
