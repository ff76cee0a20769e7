"""/api/v1/jobs/<id>/…: documents, events, the wait for the end, deliveries and links of a job."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, url_for
from werkzeug.exceptions import PreconditionFailed

from app.documents.downloads import DOWNLOADS, formats
from app.errors import N_, Conflict, NotFound
from app.jobs.shares import Share
from app.web.api.clean_schema import DeliveriesAnswer
from app.web.api.job_answers import described
from app.web.api.jobs import answered
from app.web.api.jobs_schema import (
    DocumentList,
    DocumentQuery,
    JobAnswer,
    MinutesRequest,
    ShareAnswer,
    ShareList,
    ShareRequest,
    TranscriptAnswer,
    WaitQuery,
)
from app.web.core import documents, transcripts
from app.web.core.api_key import check_key, owner
from app.web.core.context import konspekt
from app.web.core.event_streams import WAIT_S, News, place, sse, stream
from app.web.core.minutes import Anew, write_anew
from app.web.core.share_links import address, links
from app.web.core.turns import in_turn

DOCUMENT: dict[int | str, Any] = {
    200: {
        "description": "The document.",
        "content": {download.mime_type: {} for download in DOWNLOADS.values()},
    },
    409: {"description": "It is not written yet."},
}
EVENTS: dict[int | str, Any] = {200: {"description": "The events.", "content": {"text/event-stream": {}}}}
NOT_YET = N_("This is not written yet. Ask again when the recording is done.")
NOT_THERE = N_("There is no such document of this recording. GET …/documents lists those that there are.")

bp = APIBlueprint("job_results", __name__, url_prefix="/api/v1", tag="Jobs")
bp.before_request(check_key)


@bp.get("/jobs/<job_id>/documents")
@in_turn
@bp.output(DocumentList)
@bp.doc(summary="List the documents that there are")
def index(job_id: str) -> dict[str, Any]:
    job = konspekt().jobs.get(owner(), job_id)
    try:
        made, _ = documents.made(job)
    except NotFound:
        return {"documents": []}
    return {
        "documents": [
            {
                "kind": download.kind,
                "format": (extension := name.partition(".")[2]),
                "content_type": download.mime_type,
                "url": url_for("job_results.document", job_id=job.id, kind=download.kind, format=extension),
            }
            for name, download in DOWNLOADS.items()
            if download.ready(made)
        ]
    }


@bp.get("/jobs/<job_id>/documents/<kind>")
@in_turn
@bp.input(DocumentQuery, location="query", arg_name="query")
@bp.doc(
    summary="Get a document",
    description="`kind`: minutes, transcript, assignments or everything; in the language of the recording.",
    responses=DOCUMENT,
)
def document(job_id: str, kind: str, query: dict[str, Any]) -> Response:
    job = konspekt().jobs.get(owner(), job_id)
    known = formats(kind)  # type: ignore[arg-type]  # any text; there are none of an unknown kind
    form = query["format"] or (known[0] if known else None)
    if form not in known:
        raise NotFound(NOT_THERE)
    try:
        return documents.document(job, f"{kind}.{form}", query["form"] or job.form)
    except NotFound as error:
        raise NotFound(NOT_THERE) if job.status.ended else Conflict(NOT_YET) from error


@bp.get("/jobs/<job_id>/transcript")
@in_turn
@bp.output(TranscriptAnswer)
@bp.doc(
    summary="Get the lines as they are corrected, and the minutes",
    description="Each line has a key of its own; the ETag is the version.",
)
def transcript(job_id: str) -> Response:
    return transcripts.state(konspekt().jobs.results.corrected(konspekt().jobs.get(owner(), job_id)))


@bp.patch("/jobs/<job_id>/transcript")
@in_turn
@bp.output(TranscriptAnswer)
@bp.doc(
    summary="Correct lines, speakers, or the minutes",
    description="Needs the ETag of the version that is corrected in `If-Match`. `lines` has a line for each"
    " key that changes, null where it is deleted; `minutes` takes the place of all of them. The answer has"
    " the changed lines alone.",
)
def correct(job_id: str) -> Response:
    _, change, saved = transcripts.correct(konspekt().jobs.get(owner(), job_id))
    if saved is None:
        raise PreconditionFailed
    return transcripts.given(saved, transcripts.lines_of(saved, change.lines))


@bp.post("/jobs/<job_id>/minutes")
@bp.input(MinutesRequest, arg_name="wanted")
@bp.output(JobAnswer, status_code=202)
@bp.doc(
    summary="Have the minutes written anew, or some sections, or in another language",
    description="From the text as it is corrected. 409 where a person has written in them and `replace` is"
    " not set. Another language takes a chat model that translates; without one headings and dates"
    " are in it, what was said stands as it was said, and a remark of the minutes says so.",
    responses={409: "A person has written in them, or the job is not done."},
)
def write_minutes(job_id: str, wanted: dict[str, Any]) -> Response:
    anew = Anew(tuple(wanted["sections"]), wanted["language"], wanted["replace"])
    answer = answered(write_anew(owner(), job_id, anew))
    answer.status_code = 202
    return answer


@bp.get("/jobs/<job_id>/wait")
@bp.input(WaitQuery, location="query", arg_name="query")
@bp.output(JobAnswer)
@bp.doc(summary="Wait until a job has ended, at most `wait_s` seconds, and say how far it is")
def wait(job_id: str, query: dict[str, Any]) -> Response:
    jobs, calling = konspekt().jobs, owner()
    until = time.monotonic() + query["wait_s"]
    with place():
        while True:
            seen = jobs.changes.version(calling)
            job, left_s = jobs.get(calling, job_id), until - time.monotonic()
            if job.status.ended or left_s <= 0 or konspekt().stopping.is_set():
                return answered(job)
            jobs.changes.wait(calling, seen, min(left_s, WAIT_S))


@bp.get("/jobs/<job_id>/events")
@bp.doc(
    summary="Follow a job by server-sent events",
    description="`job` has the job as JSON, at once and whenever it has changed; `end`, the last, too, once"
    " it has ended. `gone`: it was deleted.",
    responses=EVENTS,
)
def events(job_id: str) -> Response:
    calling = owner()
    konspekt().jobs.get(calling, job_id)
    return stream(calling, _look(calling, job_id), lambda: sse("{}", "gone"))


@bp.get("/jobs/<job_id>/deliveries")
@bp.output(DeliveriesAnswer)
@bp.doc(summary="List the notifications of a job, with each try")
def deliveries(job_id: str) -> dict[str, Any]:
    parts = konspekt()
    return {"deliveries": parts.integrations.webhooks.of(parts.jobs.get(owner(), job_id).id)}


@bp.post("/jobs/<job_id>/shares")
@bp.input(ShareRequest, arg_name="wanted")
@bp.output(ShareAnswer, status_code=201)
@bp.doc(summary="Make a link by which others read a job's results")
def share(job_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    jobs = konspekt().jobs
    lasts = timedelta(days=wanted["days"])
    made = jobs.shares.create(jobs.get(owner(), job_id), datetime.now(UTC), lasts, wanted["sound"])
    return _share(made, address(made))


@bp.get("/jobs/<job_id>/shares")
@bp.output(ShareList)
@bp.doc(summary="List the links by which others read a job's results")
def shares(job_id: str) -> dict[str, Any]:
    job = konspekt().jobs.get(owner(), job_id)
    return {"shares": [_share(share, url) for share, url in links(job)]}


@bp.delete("/jobs/<job_id>/shares/<share_id>")
@bp.output({}, status_code=204)
@bp.doc(summary="Take a link back")
def unshare(job_id: str, share_id: str) -> str:
    jobs = konspekt().jobs
    jobs.shares.revoke(jobs.get(owner(), job_id), share_id)
    return ""


def _share(share: Share, url: str) -> dict[str, Any]:
    return {
        "id": share.id,
        "url": url,
        "created_at": share.created_at,
        "expires_at": share.expires_at,
        "sound": share.with_sound,
    }


def _look(calling: str, job_id: str) -> Callable[[], News]:
    told = ""

    def look() -> News:
        nonlocal told
        job = konspekt().jobs.get(calling, job_id)
        now = json.dumps(JobAnswer().dump(described(job)), ensure_ascii=False)
        over = job.status.ended
        text = sse(now, "end" if over else "job") if over or now != told else ""
        told = now
        return News(text, ticking=not over, over=over)

    return look
