"""The order of the queue: the rules by which workers take jobs and forecasts are made."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, true
from sqlalchemy.orm import aliased

from app.jobs.job import JobStatus
from app.jobs.tables import JobRow


def queue_order() -> tuple[ColumnElement[Any], ...]:
    """Sort jobs as they will be worked on: what runs, then what waits by its queue number."""
    return (case((JobRow.status == JobStatus.RUNNING, 0), else_=1), JobRow.queue_number.expression)


# How long a job whose process died pauses before it is tried again: not at all the first time
PAUSES = (timedelta(), timedelta(seconds=10), timedelta(seconds=100))
LONGEST_PAUSE = timedelta(minutes=10)


def due(now: datetime) -> ColumnElement[bool]:
    """Leave out what waits for a storage, or pauses because its process died again.

    A pause longer than the longest was written by a clock that was ahead, and is none.
    """
    until = JobRow.waits_until
    return or_(until.is_(None), until <= now, until > now + 2 * LONGEST_PAUSE)


def trusted(lived_s: float) -> ColumnElement[bool]:
    """Leave out jobs whose process died too often for one that has worked for `lived_s` only.

    It must have lived as long as the job's pause is: so a program that is killed every few seconds, whatever
    it works on, tries no job again and again until it is given up, and what kills it each time is found.
    """
    if lived_s >= LONGEST_PAUSE.total_seconds():
        return true()
    return JobRow.attempts_without_progress <= sum(pause.total_seconds() <= lived_s for pause in PAUSES)


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
