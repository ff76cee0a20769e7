"""The order of the queue: the one rule by which workers take jobs and forecasts are made."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, or_

from app.jobs.job import JobStatus
from app.jobs.tables import JobRow


def queue_order() -> tuple[ColumnElement[Any], ...]:
    """Sort jobs as they will be worked on: what runs, then what waits by its queue number."""
    return (case((JobRow.status == JobStatus.RUNNING, 0), else_=1), JobRow.queue_number.expression)


def due(now: datetime) -> ColumnElement[bool]:
    """Leave out what waits for a storage."""
    return or_(JobRow.waits_until.is_(None), JobRow.waits_until <= now)
