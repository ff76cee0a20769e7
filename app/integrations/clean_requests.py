"""Orders: what another system asks for becomes a job. The same item is one job, however often it is asked."""

import json
import time
import uuid
from dataclasses import asdict
from pathlib import PurePosixPath

from sqlalchemy.exc import IntegrityError

from app.config import Config
from app.errors import N_, Conflict, EngineUnavailable, NotFound
from app.integrations.record_sync import stages
from app.integrations.wiring import NO_BUCKET
from app.jobs.job import Job, JobStatus
from app.jobs.service import JobService
from app.pipeline.recording import CleanRequest

OWNER = "service"  # no visitor is called so: visitors' names are long and random
_ITEMS = uuid.UUID("6f1b6a52-3a0c-4d0e-9d53-5d6a7e1f8a11")
_WAIT_S = 3.0  # for the row of the same order that is just being taken in

GONE = N_("The earlier job of this item is just being deleted. Try again in a minute.")


def job_id_of(item_id: str) -> str:
    """Return the one id that an item's job can have."""
    return uuid.uuid5(_ITEMS, item_id).hex


def place(jobs: JobService, config: Config, order: CleanRequest, callback_url: str | None = None) -> Job:
    """Queue an order. An item that is known already gives its job; one that failed is tried again.

    Raises:
        EngineUnavailable: no bucket is configured; Overloaded; StorageFull; Conflict: try again.
    """
    if config.s3_bucket is None:
        raise EngineUnavailable(NO_BUCKET)
    job_id = job_id_of(order.item_id)
    known = _known(jobs, job_id)
    if known is None:
        known = _submit(jobs, config, order, job_id, callback_url)
    if known.status in (JobStatus.FAILED, JobStatus.CANCELLED):
        return jobs.retry(OWNER, job_id)
    return known


def _submit(
    jobs: JobService, config: Config, order: CleanRequest, job_id: str, callback_url: str | None
) -> Job:
    jobs.admit()
    upload = jobs.incoming()
    upload.write_text(json.dumps(asdict(order)), "utf-8")  # stands for the recording until that is fetched
    name = PurePosixPath(order.file_key).name
    try:
        return jobs.submit(
            OWNER,
            name,
            upload,
            stages=stages(config, order.do_clean),
            job_id=job_id,
            callback_url=callback_url,
            order=order,
        )
    except (FileExistsError, IntegrityError) as error:  # somebody asks for the same item at this moment
        until = time.monotonic() + _WAIT_S
        while time.monotonic() < until:
            if known := _known(jobs, job_id):
                return known
            time.sleep(0.05)
        raise Conflict(GONE) from error
    finally:
        upload.unlink(missing_ok=True)


def _known(jobs: JobService, job_id: str) -> Job | None:
    try:
        return jobs.get(OWNER, job_id)
    except NotFound:
        return None
