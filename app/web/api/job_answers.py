"""How a job looks to programs, and cursors of its list. For `jobs` and `job_results`."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.errors import N_, BadInput
from app.jobs.forecast import Forecast
from app.jobs.job import Job
from app.jobs.listing import Place
from app.web.core.context import konspekt

WRONG_CURSOR = N_("This cursor is none of ours. Take `next_cursor` of the page before, or leave it out.")


def described(job: Job, forecast: Forecast | None = None) -> dict[str, Any]:
    """Return what JobAnswer says of a job."""
    forecast = forecast or konspekt().jobs.forecast(job)
    return {
        "id": job.id,
        "name": job.name,
        "status": str(job.status),
        "cancel_requested": job.cancel_requested and not job.status.ended,
        "stage": job.stage,
        "progress": round(forecast.fraction, 4),
        "position": forecast.position,
        "remaining_s": None if forecast.remaining_s is None else round(forecast.remaining_s, 1),
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "expires_at": job.expires_at,
        "duration_s": job.duration_s,
        "size_bytes": job.size_bytes,
        "language": job.language,
        "speakers": job.speakers,
        "terms": job.terms,
        "model": job.model,
        "form": job.form,
        "stages": [*job.stages],
        "engines": {stage: engine for stage, engine in job.engines.items() if engine},
        "error": {"message": gettext(job.error.message, **job.error.params)} if job.error else None,
        "callback_url": job.callback_url,
        "url": url_for("jobs.get", job_id=job.id),
    }


def etag_of(job: Job) -> str:
    """Name the state of what can be edited in a job; its progress, which moves by itself, is none of it."""
    return hashlib.sha256(job.name.encode()).hexdigest()[:16]


def cursor_of(place: Place | None) -> str | None:
    if place is None:
        return None
    return urlsafe_b64encode(f"{place.created_at.isoformat()} {place.id}".encode()).decode()


def place_of(cursor: str) -> Place | None:
    """Read a cursor; "" is the beginning. Raises BadInput."""
    if not cursor:
        return None
    try:
        created_at, _, job_id = urlsafe_b64decode(cursor.encode("ascii")).decode("ascii").partition(" ")
        place = Place(datetime.fromisoformat(created_at), job_id)
        if place.created_at.tzinfo is None or not job_id.isalnum():
            raise ValueError(cursor)
    except ValueError as error:
        raise BadInput(WRONG_CURSOR) from error
    return place
