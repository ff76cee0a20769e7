"""What is written of a recording, as fields of an answer: for `clean` and `run`."""

import json
from datetime import UTC, datetime
from typing import Any

from app.documents.document import Document
from app.documents.json_files import render_minutes_json, render_transcript_json
from app.jobs.job import Job
from app.pipeline.cleaned import Cleaned
from app.pipeline.recording import Recording


def written(job: Job, recording: Recording) -> dict[str, Any]:
    """Return `transcript` and `minutes`, as their documents in JSON have them; None: not there (yet)."""
    if recording.transcript is None:
        return {"transcript": None, "minutes": None}
    cleaned = job.engines.get("clean") or (
        recording.cleaned.engine if isinstance(recording.cleaned, Cleaned) else None
    )
    document = Document.of(
        job.name,
        job.finished_at or datetime.now(UTC),
        recording.transcript,
        recording.minutes,
        cleaned_by=cleaned,
        recorded_at=recording.media.recorded_at if recording.media else None,
    )
    minutes = json.loads(render_minutes_json(document)) if recording.minutes else None
    return {"transcript": json.loads(render_transcript_json(document)), "minutes": minutes}
