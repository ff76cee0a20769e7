"""Retention: how long what ended is kept, and what nobody claims. In Python and, beside it, in SQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

UNCLAIMED = timedelta(hours=6)  # since the last write; files without a job may be on their way until then
CLOCK_ERROR = timedelta(hours=1)  # an end that lies further in the future was written by a wrong clock


@dataclass(frozen=True, slots=True)
class Retention:
    """kept_for: from the end of a job."""

    kept_for: timedelta

    def expires_at(
        self, finished_at: datetime | None, released_at: datetime | None = None
    ) -> datetime | None:
        """Return when a job is deleted by itself. None: it has not ended.

        Args:
            released_at: until when its owner had it kept.
        """
        return max(finished_at, released_at or finished_at) + self.kept_for if finished_at else None

    def expired(
        self,
        finished_at: InstrumentedAttribute[datetime | None],
        released_at: InstrumentedAttribute[datetime | None],
        now: datetime,
    ) -> ColumnElement[bool]:
        """Say the same of two columns, as a condition."""
        since = now - self.kept_for
        return (finished_at <= since) & or_(released_at.is_(None), released_at <= since)


def unclaimed_until(written_at: datetime) -> datetime:
    """Return when a file is deleted that belongs to no job."""
    return written_at + UNCLAIMED


def unclaimed_before(now: datetime) -> float:
    """Return the time, in seconds since the epoch, before which such a file must have been written last."""
    return (now - UNCLAIMED).timestamp()
