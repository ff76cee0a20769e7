"""Clean requests: what another system asks to be cleaned. One item is one job, however often it is asked."""

import uuid
from dataclasses import asdict
from pathlib import PurePosixPath

from app.config import Config
from app.errors import N_, Conflict, EngineUnavailable
from app.integrations.record_sync import stages
from app.integrations.submitting import OWNER, submit_once, tried_again
from app.jobs.job import Job
from app.jobs.service import JobService
from app.pipeline.recording import CleanRequest
from app.storage.buckets import NO_BUCKET

_ITEMS = uuid.UUID("6f1b6a52-3a0c-4d0e-9d53-5d6a7e1f8a11")

OTHER = N_(
    "Item %(item_id)s was sent before with other values. Send these under another item_id, or delete the"
    " earlier one first: DELETE /api/clean/%(job_id)s."
)


def job_id_of(item_id: str, owner: str = OWNER) -> str:
    """Return the one id that the job of an owner's item can have."""
    return uuid.uuid5(_ITEMS, item_id if owner == OWNER else f"{owner}\0{item_id}").hex


def submit(
    jobs: JobService,
    config: Config,
    request: CleanRequest,
    owner: str = OWNER,
    callback_url: str | None = None,
) -> Job:
    """Queue a request. An item that is known already gives its job; one that failed is tried again.

    Raises:
        EngineUnavailable: no bucket is configured; Overloaded; StorageFull; Conflict: the item is known
            with another request, or its earlier job is just being deleted.
    """
    if config.s3_bucket is None:
        raise EngineUnavailable(NO_BUCKET)
    job = submit_once(
        jobs,
        asdict(request),
        PurePosixPath(request.file_key).name,
        stages(config, request.do_clean),
        owner=owner,
        job_id=job_id_of(request.item_id, owner),
        callback_url=callback_url,
        clean_request=request,
    )
    if (job.clean_request, job.callback_url) != (request, callback_url):
        raise Conflict(OTHER, item_id=request.item_id, job_id=job.id)
    return tried_again(jobs, owner, job)
