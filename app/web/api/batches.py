"""/api/vectors: a program sends a list of web addresses, asks how far it is, and takes its files."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, url_for

from app.errors import NotFound
from app.jobs.service import UNKNOWN
from app.pipeline.batch.index import load_index
from app.pipeline.batch.journal import JOURNAL, Outcome
from app.web.api.batches_schema import ListAccepted, ListJob, ListRequest, NearestAnswer, NearestQuery
from app.web.core.api_key import check_key, owner
from app.web.core.batches import FILES, get_list, outcomes_of, send_result, submit_list
from app.web.core.context import konspekt

bp = APIBlueprint("batches", __name__, tag="Vectors")
bp.before_request(check_key)


@bp.post("/api/vectors")
@bp.input(ListRequest, arg_name="body")
@bp.output(ListAccepted, status_code=202)
@bp.doc(
    summary="Make vectors of a list of recordings", description="At most KONSPEKT_MAX_LIST_RECORDS of them."
)
def take(body: dict[str, Any]) -> dict[str, Any]:
    job = submit_list(owner(), "list.json", body["records"], body["key"], body["callback_url"])
    return {"job_id": job.id, "status": str(job.status), "url": url_for("batches.progress", job_id=job.id)}


@bp.get("/api/vectors/<job_id>")
@bp.output(ListJob)
@bp.doc(summary="Say how far a list is, record by record")
def progress(job_id: str) -> dict[str, Any]:
    jobs, job = konspekt().jobs, get_list(owner(), job_id)
    return {
        "job_id": job.id,
        "status": str(job.status),
        "progress": jobs.forecast(job).fraction,
        "error": str(job.error) if job.error else None,
        "records": [
            {"url": record.url, "status": _status(outcome), "reason": outcome.reason if outcome else None}
            for record, outcome in outcomes_of(job)
        ],
        "deliveries": konspekt().integrations.webhooks.of(job.id),
        "files": [
            url_for("batches.file", job_id=job.id, file=name)
            for name in FILES
            if jobs.results.has_file(job, name)
        ],
    }


@bp.get("/api/vectors/<job_id>/nearest")
@bp.input(NearestQuery, location="query", arg_name="query")
@bp.output(NearestAnswer)
@bp.doc(summary="Name the records of a list that sound most like one of them")
def nearest(job_id: str, query: dict[str, Any]) -> dict[str, Any]:
    job, url = get_list(owner(), job_id), query["url"]
    index = load_index(konspekt().jobs.results.file(job, JOURNAL).parent, keep=False)
    if url not in index:
        raise NotFound(UNKNOWN)
    return {
        "url": url,
        "engine": index.engine,
        "pooling": index.pooling,
        "nearest": [
            {"url": near.key, "similarity": round(near.similarity, 6)}
            for near in index.nearest_to(url, query["n"])
        ],
    }


@bp.get("/api/vectors/<job_id>/<file>")
@bp.doc(summary="Get a file of a list: audio_vectors.json or .npz, audio_process.json, audio_fail.json")
def file(job_id: str, file: str) -> Response:
    return send_result(get_list(owner(), job_id), file)


def _status(outcome: Outcome | None) -> str:
    return "waiting" if outcome is None else "failed" if outcome.reason else "done"
