"""Messages to other systems: callbacks when a job ends, and hand-overs of what was cleaned.

Each is a row that is made in the same transaction as its cause, and tried with growing pauses until the
receiver takes it. So a kill at any moment loses none; a receiver may see one twice and knows it by its id.
"""

import logging
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import urllib3
from sqlalchemy import and_, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.config import Config
from app.errors import AppError
from app.integrations.sender import HAND_OVER, WEBHOOK, Sender, reason_of
from app.integrations.tables import DeliveryRow
from app.jobs.job import Job
from app.jobs.store import ENDED, JobStore
from app.jobs.tables import JobRow
from app.storage.guard import AddressGuard, ForbiddenAddress

logger = logging.getLogger(__name__)

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"
MAX_BACKOFF_S = 3600.0
AT_ONCE = 50


class Webhooks:
    """The messages of all jobs. Threads call `run_once`; each message goes to one of them at a time."""

    def __init__(self, config: Config, store: JobStore) -> None:
        self._config = config
        self._store = store
        self._guard = AddressGuard(config.allowed_networks)
        self._sender = Sender(config, self._guard)

    def check_url(self, url: str) -> None:
        """Refuse a callback address that will never be called. Raises BadInput."""
        parsed = self._guard.check_url(url)
        try:
            self._guard.resolve(parsed.host or "", parsed.port or (443 if parsed.scheme == "https" else 80))
        except ForbiddenAddress:
            raise
        except AppError:
            return  # its name is not resolved now; it is resolved again when something is sent

    def of(self, job_id: str) -> list[DeliveryRow]:
        """Return a job's messages with their history, oldest first."""
        mine = select(DeliveryRow).where(DeliveryRow.job_id == job_id).order_by(DeliveryRow.ended_at)
        with self._store.begin() as session:
            return [*session.scalars(mine)]

    def run_once(self, now: datetime) -> int:
        """Note the callbacks of jobs that ended, then send what is due. Returns how many were taken."""
        self._note_callbacks(now)
        due = select(DeliveryRow).where(DeliveryRow.state == PENDING, DeliveryRow.next_try_at <= now)
        with self._store.begin() as session:
            rows = [*session.scalars(due.order_by(DeliveryRow.next_try_at).limit(AT_ONCE))]
        return sum(self._deliver(row, now) for row in rows)

    def hand_over(self, session: Session, job: Job, file_key: str, now: datetime) -> None:
        """Have a cleaned item sent on to transcription, in RunPod's form."""
        assert job.clean_request is not None
        assert self._config.hand_over_url is not None
        assert job.finished_at is not None
        url = f"{self._config.hand_over_url.rstrip('/')}/run"
        body = {"input": {"file_key": file_key, "item_id": job.clean_request.item_id}}
        known = select(DeliveryRow.id).where(DeliveryRow.job_id == job.id, DeliveryRow.kind == HAND_OVER)
        if session.scalar(known.limit(1)) is None:
            session.add(_row(job.id, HAND_OVER, url, body, job.finished_at, now))

    def forget(self, session: Session, job_id: str) -> None:
        """Delete the messages of a job."""
        session.execute(delete(DeliveryRow).where(DeliveryRow.job_id == job_id))

    def _note_callbacks(self, now: datetime) -> None:
        told = and_(
            DeliveryRow.job_id == JobRow.id,
            DeliveryRow.kind == WEBHOOK,
            DeliveryRow.ended_at == JobRow.finished_at,
        )
        ended = and_(JobRow.callback_url.is_not(None), JobRow.status.in_(ENDED))
        untold = select(JobRow).where(ended, ~select(DeliveryRow.id).where(told).exists())
        with self._store.begin() as session:
            jobs = [self._store.job(row) for row in session.scalars(untold.limit(AT_ONCE))]
        for job in jobs:
            assert job.finished_at is not None
            assert job.callback_url is not None
            row = _row(job.id, WEBHOOK, job.callback_url, _told(job), job.finished_at, now)
            with suppress(IntegrityError), self._store.begin() as session:  # somebody else has noted it
                session.add(row)

    def _deliver(self, row: DeliveryRow, now: datetime) -> bool:
        if not self._claimed(row, now):
            return False
        began = time.time()
        attempt: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds")}
        gone = False
        try:
            status, answer = self._sender.send(row, int(began))
            attempt |= {"status": status, "answer": answer}
            gone = status == 410  # the receiver asks never to be called again
            taken = 200 <= status < 300
        except (AppError, OSError, urllib3.exceptions.HTTPError) as error:
            attempt["error"] = reason_of(error)
            taken = False
        attempt["ms"] = round(1000 * (time.time() - began))
        over = gone or row.attempts + 1 >= self._config.delivery_attempts
        state = DELIVERED if taken else FAILED if over else PENDING
        logger.info("%s of job %s: %s %s", row.kind, row.job_id, state, attempt)
        pause = min(self._config.delivery_backoff_s * 2**row.attempts, MAX_BACKOFF_S)
        values = {"state": state, "history": [*row.history, attempt]}
        noted = update(DeliveryRow).where(DeliveryRow.id == row.id, DeliveryRow.state == PENDING)
        with self._store.begin() as session:
            session.execute(noted.values(next_try_at=now + timedelta(seconds=pause), **values))
        return taken

    def _claimed(self, row: DeliveryRow, now: datetime) -> bool:
        """Take a row before anybody else does, for as long as a try may last."""
        lease = now + timedelta(seconds=4 * self._config.delivery_timeout_s)
        due = update(DeliveryRow).where(DeliveryRow.id == row.id, DeliveryRow.next_try_at == row.next_try_at)
        due = due.values(next_try_at=lease, attempts=row.attempts + 1)
        with self._store.begin() as session:
            return session.scalar(due.returning(DeliveryRow.id)) is not None


def _row(
    job_id: str, kind: str, url: str, body: dict[str, Any], ended_at: datetime, now: datetime
) -> DeliveryRow:
    return DeliveryRow(
        id=uuid.uuid4().hex, job_id=job_id, kind=kind, url=url, body=body, ended_at=ended_at,
        state=PENDING, attempts=0, next_try_at=now, history=[],
    )  # fmt: skip


def _told(job: Job) -> dict[str, Any]:
    """Return what a callback says; `event` is what happened."""
    return {
        "event": f"job.{job.status}",
        "job_id": job.id,
        "name": job.name,
        "status": str(job.status),
        "duration_s": job.duration_s,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "error": str(job.error) if job.error else None,
    }
