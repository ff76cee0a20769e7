"""The order of the queue: the rules by which workers take jobs and forecasts are made."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.jobs.job import JobPriority, JobStatus
from app.jobs.tables import PLACES_OF_PRIORITY, JobRow


def queue_order() -> tuple[ColumnElement[Any], ...]:
    """Sort what waits as it will be worked on.

    By who waits for it, then round by round with one job of each owner, then as it came: `JobRow.place`.
    """
    return (JobRow.place.expression,)


def next_round(session: Session, owner: str, priority: JobPriority) -> int:
    """Return the round of an owner's next job: his first joins the present one, each further is one later.

    So a thousand recordings of one visitor stand in a thousand rounds, and another's first goes before the
    second of them (start-time fair queueing: Goyal, Vin, Cheng 1997, with jobs of equal weight). The present
    round is that of the job that was begun last; where none runs, that of the job that comes next.
    """
    of_kind = JobRow.priority == priority
    active = JobRow.status.in_((JobStatus.QUEUED, JobStatus.RUNNING))
    own = select(func.max(JobRow.round_number)).where(of_kind, active, JobRow.owner == owner)
    begun = select(func.max(JobRow.round_number)).where(of_kind, JobRow.status == JobStatus.RUNNING)
    waits = JobRow.status == JobStatus.QUEUED, JobRow.place >= priority * PLACES_OF_PRIORITY
    following = select(JobRow.round_number).where(of_kind, *waits).order_by(JobRow.place).limit(1)
    last_own, present = session.scalar(own), session.scalar(begun)
    if present is None:
        present = session.scalar(following) or 0
    return present if last_own is None else max(present, last_own + 1)


# How long a job whose process died pauses before it is tried again: not at all the first time
PAUSES = (timedelta(), timedelta(seconds=10), timedelta(seconds=100))
LONGEST_PAUSE = timedelta(minutes=10)


def due(now: datetime) -> ColumnElement[bool]:
    """Leave out what waits for a storage, or pauses because its process died again.

    A pause longer than the longest was written by a clock that was ahead, and is none.
    """
    return or_(JobRow.waits_until.is_(None), ~delayed(now))


def delayed(now: datetime) -> ColumnElement[bool]:
    """Find, by their index, the few that `due` leaves out."""
    until = JobRow.waits_until
    return and_(until.is_not(None), until > now, until <= now + 2 * LONGEST_PAUSE)


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
