"""How a request of another program becomes a job: for all addresses of the API that take no file."""

import json
import time
from collections.abc import Callable

from sqlalchemy.exc import IntegrityError

from app.errors import N_, Conflict, NotFound
from app.jobs.job import Job, JobPriority, JobStatus
from app.jobs.service import JobService
from app.pipeline.recording import CleanRequest

OWNER = "service"  # of what is asked for by the API; no visitor is called so, their names are long and random
_WAIT_S = 3.0  # for the row of the same request that is just being taken in

GONE = N_("The earlier job of this item is just being deleted. Try again in a minute.")


def submit_once(
    jobs: JobService,
    request: object,
    name: str,
    stages: tuple[str, ...],
    *,
    owner: str = OWNER,
    job_id: str,
    language: str = "auto",
    callback_url: str | None = None,
    clean_request: CleanRequest | None = None,
) -> Job:
    """Queue the one job that may have this id, or return it where it is there already.

    Raises:
        Overloaded; StorageFull; Conflict: the job is just being deleted.
    """
    if known := known_job(jobs, owner, job_id):
        return known
    try:
        return submit_request(
            jobs,
            request,
            name,
            stages,
            owner=owner,
            job_id=job_id,
            language=language,
            callback_url=callback_url,
            clean_request=clean_request,
        )
    except (FileExistsError, IntegrityError) as error:  # somebody asks for the same at this moment
        if known := taken_in(lambda: known_job(jobs, owner, job_id)):
            return known
        raise Conflict(GONE) from error


def taken_in(find: Callable[[], Job | None]) -> Job | None:
    """Return the job that somebody else is taking in at this moment; None: it does not come."""
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        if job := find():
            return job
        time.sleep(0.05)
    return None


def tried_again(jobs: JobService, owner: str, job: Job) -> Job:
    """Queue a job anew that failed or was cancelled; return any other as it is."""
    return jobs.retry(owner, job.id) if job.status in (JobStatus.FAILED, JobStatus.CANCELLED) else job


def submit_request(
    jobs: JobService,
    request: object,
    name: str,
    stages: tuple[str, ...],
    *,
    owner: str = OWNER,
    language: str = "auto",
    speakers: str = "auto",
    terms: str = "",
    model: str = "auto",
    form: str = "minutes",
    job_id: str | None = None,
    callback_url: str | None = None,
    clean_request: CleanRequest | None = None,
    priority: JobPriority = JobPriority.BATCH,
) -> Job:
    """Queue a job whose source is `request` as JSON, for its first stage to read.

    Where it raises, no file is left.
    """
    jobs.admit()
    upload = jobs.incoming()
    try:
        upload.write_text(json.dumps(request), "utf-8")
        return jobs.submit(
            owner,
            name,
            upload,
            language=language,
            speakers=speakers,
            terms=terms,
            model=model,
            form=form,
            stages=stages,
            job_id=job_id,
            callback_url=callback_url,
            clean_request=clean_request,
            priority=priority,
        )
    finally:
        upload.unlink(missing_ok=True)


def known_job(jobs: JobService, owner: str, job_id: str) -> Job | None:
    """Return an owner's job; None where there is none."""
    try:
        return jobs.get(owner, job_id)
    except NotFound:
        return None
