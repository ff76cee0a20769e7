"""What is to reach another system: rows that are tried with growing pauses until they are taken or given up.

A row is made in the same transaction as its cause, or of what the job's row keeps. So a kill at any moment
loses none; a receiver may get one twice.
"""

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from app.config import Config
from app.integrations.tables import DeliveryRow
from app.jobs.database import DATABASE_AWAY
from app.jobs.store import JobStore

logger = logging.getLogger(__name__)

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"
MAX_BACKOFF_S = 3600.0
AT_ONCE = 50
BROKEN = "a fault of this program; its log says which"
ENDED = "the program ended each time that it tried"


@dataclass(frozen=True, slots=True)
class Try:
    """What came of one try. told: what its history says of it; over: it is not tried again."""

    taken: bool
    told: dict[str, Any]
    over: bool = False


class Deliveries:
    """Those of some kinds. Threads call `try_due`; each goes to one of them at a time.

    Args:
        try_s: how long one try may last at most, by and large.
    """

    def __init__(self, config: Config, store: JobStore, kinds: Sequence[str], try_s: float) -> None:
        self._config, self._store, self._kinds = config, store, kinds
        self._lease = timedelta(seconds=4 * try_s)

    def try_due(self, now: datetime, attempt: Callable[[DeliveryRow], Try]) -> int:
        """Try what is due, the oldest first; return how many were taken.

        What is due later than any pause lasts was noted while the clock was wrong.
        """
        at, last = DeliveryRow.next_try_at, now + timedelta(seconds=MAX_BACKOFF_S) + self._lease
        due = select(DeliveryRow).where(DeliveryRow.state == PENDING, or_(at <= now, at > last))
        due = due.where(DeliveryRow.kind.in_(self._kinds))
        began_s = time.monotonic()
        with self._store.begin() as session:
            rows = [
                *session.scalars(due.order_by(DeliveryRow.next_try_at, DeliveryRow.ended_at).limit(AT_ONCE))
            ]
        return sum(self._try(row, now, began_s, attempt) for row in rows)

    def _try(
        self, row: DeliveryRow, now: datetime, began_s: float, attempt: Callable[[DeliveryRow], Try]
    ) -> bool:
        """Try one of a round that began at `now`; those before it may have taken long."""
        if not self._claimed(row, now + timedelta(seconds=time.monotonic() - began_s)):
            return False
        began, at = time.time(), datetime.now(UTC).isoformat(timespec="seconds")
        if row.attempts >= self._config.delivery_attempts:
            tried = Try(taken=False, told={"error": ENDED}, over=True)
        else:
            tried = _tried(row, attempt)
        told = {"at": at, **tried.told, "ms": round(1000 * (time.time() - began))}
        over = tried.over or row.attempts + 1 >= self._config.delivery_attempts
        state = DELIVERED if tried.taken else FAILED if over else PENDING
        logger.info("%s of job %s: %s %s", row.kind, row.job_id, state, told)
        pause = min(self._config.delivery_backoff_s * 2**row.attempts, MAX_BACKOFF_S)
        next_try_at = now + timedelta(seconds=pause)
        values = {"state": state, "history": [*row.history, told], "next_try_at": next_try_at}
        noted = update(DeliveryRow).where(DeliveryRow.id == row.id, DeliveryRow.state == PENDING)
        with self._store.begin() as session:
            session.execute(noted.values(**values))
        return tried.taken

    def _claimed(self, row: DeliveryRow, now: datetime) -> bool:
        """Take a row before anybody else does, for as long as a try may last."""
        due = update(DeliveryRow).where(DeliveryRow.id == row.id, DeliveryRow.next_try_at == row.next_try_at)
        due = due.values(next_try_at=now + self._lease, attempts=row.attempts + 1)
        with self._store.begin() as session:
            return session.scalar(due.returning(DeliveryRow.id)) is not None


def _tried(row: DeliveryRow, attempt: Callable[[DeliveryRow], Try]) -> Try:
    """Try once; a row that cannot be tried keeps no other from its turn, and is given up like any."""
    try:
        return attempt(row)
    except DATABASE_AWAY:
        raise
    except Exception:
        logger.exception("%s of job %s could not be tried", row.kind, row.job_id)
        return Try(taken=False, told={"error": BROKEN})


def new_delivery(
    job_id: str, kind: str, url: str, body: dict[str, Any], ended_at: datetime, now: datetime
) -> DeliveryRow:
    return DeliveryRow(
        id=uuid.uuid4().hex, job_id=job_id, kind=kind, url=url, body=body, ended_at=ended_at,
        state=PENDING, attempts=0, next_try_at=now, history=[],
    )  # fmt: skip
