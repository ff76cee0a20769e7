"""How a request of another program becomes a job: for /api/clean, /api/vectors and /encode_audio."""

import json

from app.jobs.job import Job, JobPriority
from app.jobs.service import JobService
from app.pipeline.recording import CleanRequest

OWNER = "service"  # of what is asked for by the API; no visitor is called so, their names are long and random


def submit_request(
    jobs: JobService,
    request: object,
    name: str,
    stages: tuple[str, ...],
    *,
    owner: str = OWNER,
    job_id: str | None = None,
    callback_url: str | None = None,
    clean_request: CleanRequest | None = None,
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
            stages=stages,
            job_id=job_id,
            callback_url=callback_url,
            clean_request=clean_request,
            priority=JobPriority.BATCH,
        )
    finally:
        upload.unlink(missing_ok=True)
