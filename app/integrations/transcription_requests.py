"""Transcription requests: what another system, or another Konspekt, hands over to be written down."""

import uuid
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath

from app.config import Config
from app.errors import EngineUnavailable
from app.integrations.submitting import OWNER, submit_once, tried_again
from app.jobs.job import Job
from app.jobs.service import JobService
from app.storage.buckets import NO_BUCKET

STAGES = ("fetch", "extract", "transcribe", "summarize")
_REQUESTS = uuid.UUID("b1d0a1c6-94f4-4b57-8a7e-6c1e6a0f7d52")


@dataclass(frozen=True, slots=True)
class TranscriptionRequest:
    """item_id: the other system's own name of the item; file_key: in the bucket; language: code or "auto"."""

    item_id: str
    file_key: str
    language: str = "auto"

    def job_id(self, owner: str) -> str:
        """Return the one id that its job can have: a hand-over whose answer was lost comes twice."""
        return uuid.uuid5(_REQUESTS, "\0".join((owner, self.item_id, self.file_key, self.language))).hex


def submit(
    jobs: JobService,
    config: Config,
    request: TranscriptionRequest,
    owner: str = OWNER,
    callback_url: str | None = None,
) -> Job:
    """Queue a request. The same one again gives its job; one that failed is tried again.

    Raises:
        EngineUnavailable: no bucket is configured; Overloaded; StorageFull; Conflict: its earlier job is
            just being deleted.
    """
    if config.s3_bucket is None:
        raise EngineUnavailable(NO_BUCKET)
    job = submit_once(
        jobs,
        asdict(request),
        PurePosixPath(request.file_key).name,
        STAGES,
        owner=owner,
        job_id=request.job_id(owner),
        language=request.language,
        callback_url=callback_url,
    )
    return tried_again(jobs, owner, job)
