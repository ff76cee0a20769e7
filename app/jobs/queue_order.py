"""The order of the queue: the rules by which workers take jobs and forecasts are made."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_
from sqlalchemy.orm import aliased

from app.jobs.job import JobStatus
from app.jobs.tables import JobRow


def queue_order() -> tuple[ColumnElement[Any], ...]:
    """Sort jobs as they will be worked on: what runs, then what waits by its queue number."""
    return (case((JobRow.status == JobStatus.RUNNING, 0), else_=1), JobRow.queue_number.expression)


def due(now: datetime) -> ColumnElement[bool]:
    """Leave out what waits for a storage, or pauses because its process died again."""
    return or_(JobRow.waits_until.is_(None), JobRow.waits_until <= now)


def may_start(node: str) -> ColumnElement[bool]:
    """Tell whether the next job may start beside what runs on a node.

    A job that was at work when its process died is tried alone, so that it takes no other with it. Others
    start beside it again as soon as it has got further than before.
    """
    running = aliased(JobRow)
    here = and_(running.status == JobStatus.RUNNING, running.node == node)
    none_runs, one_is_tried = (
        ~exists().where(here),
        exists().where(here, running.attempts_without_progress > 1),
    )
    return and_(~one_is_tried, or_(JobRow.attempts_without_progress == 0, none_runs))
