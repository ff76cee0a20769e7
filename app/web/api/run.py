"""POST /run, GET /status/<id>: transcription as a service in RunPod's form, for another Konspekt too."""

from typing import Any

from apiflask import APIBlueprint

from app.errors import NotFound
from app.integrations import transcription_requests
from app.integrations.transcription_requests import STAGES, TranscriptionRequest
from app.jobs.job import Job, JobStatus
from app.jobs.service import UNKNOWN
from app.web.api.run_schema import RunAnswer, RunRequest, RunStatus
from app.web.api.written import written
from app.web.core.api_key import check_key, owner
from app.web.core.context import konspekt
from app.web.core.turns import in_turn

STATUSES = {
    JobStatus.QUEUED: "IN_QUEUE",
    JobStatus.RUNNING: "IN_PROGRESS",
    JobStatus.DONE: "COMPLETED",
    JobStatus.FAILED: "FAILED",
    JobStatus.CANCELLED: "CANCELLED",
}

bp = APIBlueprint("run", __name__, tag="Service")
bp.before_request(check_key)


@bp.post("/run")
@bp.input(RunRequest, arg_name="body")
@bp.output(RunAnswer)
@bp.doc(
    summary="Transcribe a recording of the bucket, in RunPod's form",
    description="What `KONSPEKT_HAND_OVER_URL` of another Konspekt calls. The same request again gives the"
    " same job.",
)
def run(body: dict[str, Any]) -> dict[str, Any]:
    parts, item = konspekt(), body["input"]
    request = TranscriptionRequest(item["item_id"], item["file_key"], item["language"])
    job = transcription_requests.submit(parts.jobs, parts.config, request, owner(), body["callback_url"])
    return {"id": job.id, "status": STATUSES[job.status]}


@bp.get("/status/<job_id>")
@in_turn
@bp.output(RunStatus)
@bp.doc(summary="Say how far a run is, with its transcript and minutes once they are there")
def status(job_id: str) -> dict[str, Any]:
    jobs = konspekt().jobs
    job = jobs.get(owner(), job_id)
    if job.stages != STAGES:
        raise NotFound(UNKNOWN)
    answer: dict[str, Any] = {
        "id": job.id,
        "status": STATUSES[job.status],
        "progress": jobs.forecast(job).fraction,
        **_times_ms(job),
    }
    if job.error:
        answer["error"] = str(job.error)
    output = written(job, jobs.results.recording(job))
    if output["transcript"]:
        answer["output"] = output | {"audio_length_s": job.duration_s}
    return answer


def _times_ms(job: Job) -> dict[str, int]:
    """Return how long it waited and how long it was worked on, as far as that is over."""
    times: dict[str, int] = {}
    if job.started_at:
        times["delayTime"] = round(1000 * (job.started_at - job.created_at).total_seconds())
        if job.finished_at:
            times["executionTime"] = round(1000 * (job.finished_at - job.started_at).total_seconds())
    return times
