"""Clean requests: what another system asks to be cleaned. One item is one job, however often it is asked."""

import time
import uuid
from dataclasses import asdict
from pathlib import PurePosixPath

from sqlalchemy.exc import IntegrityError

from app.config import Config
from app.errors import N_, Conflict, EngineUnavailable, NotFound
from app.integrations.record_sync import stages
from app.integrations.submitting import OWNER, submit_request
from app.jobs.job import Job, JobStatus
from app.jobs.service import JobService
from app.pipeline.recording import CleanRequest
from app.storage.buckets import NO_BUCKET

_ITEMS = uuid.UUID("6f1b6a52-3a0c-4d0e-9d53-5d6a7e1f8a11")
_WAIT_S = 3.0  # for the row of the same request that is just being taken in

OTHERWISE = N_(
    "This item_id was sent before with another file_key, do_clean or callback_url. Send the same again,"
    " or another item_id."
)
GONE = N_("The earlier job of this item is just being deleted. Try again in a minute.")


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
        EngineUnavailable: no bucket is configured; Overloaded; StorageFull.
        Conflict: the item was asked for in another way, or is just being deleted.
    """
    if config.s3_bucket is None:
        raise EngineUnavailable(NO_BUCKET)
    job = _known(jobs, request, owner) or _submit(jobs, config, request, owner, callback_url)
    if (job.clean_request, job.callback_url) != (request, callback_url):
        raise Conflict(OTHERWISE)
    if job.status in (JobStatus.FAILED, JobStatus.CANCELLED):
        return jobs.retry(owner, job.id)
    return job


def _submit(
    jobs: JobService, config: Config, request: CleanRequest, owner: str, callback_url: str | None
) -> Job:
    try:
        return submit_request(
            jobs,
            asdict(request),
            PurePosixPath(request.file_key).name,
            stages(config, request.do_clean),
            owner=owner,
            job_id=job_id_of(request.item_id, owner),
            callback_url=callback_url,
            clean_request=request,
        )
    except (FileExistsError, IntegrityError) as error:  # somebody asks for the same item at this moment
        until = time.monotonic() + _WAIT_S
        while time.monotonic() < until:
            if known := _known(jobs, request, owner):
                return known
            time.sleep(0.05)
        raise Conflict(GONE) from error


def _known(jobs: JobService, request: CleanRequest, owner: str) -> Job | None:
    try:
        return jobs.get(owner, job_id_of(request.item_id, owner))
    except NotFound:
        return None
