"""Messages to other systems: callbacks of what becomes of a job, and hand-overs of what was cleaned.

Each is a row that is made in the same transaction as its cause, and tried with growing pauses until the
receiver takes it. So a kill at any moment loses none; a receiver may see one twice and knows it by its id.
"""

import time
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

import urllib3
from sqlalchemy import ColumnElement, and_, delete, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.config import Config
from app.errors import AppError
from app.integrations.deliveries import Deliveries, Try, new_delivery
from app.integrations.sender import HAND_OVER, WEBHOOK, Sender, reason_of
from app.integrations.tables import DeliveryRow
from app.jobs.job import Job, JobStatus
from app.jobs.store import ENDED, JobStore
from app.jobs.tables import JobRow
from app.storage.guard import AddressGuard, ForbiddenAddress

AT_ONCE = 50


class Webhooks:
    """The messages of all jobs. Threads call `run_once`; each message goes to one of them at a time."""

    def __init__(self, config: Config, store: JobStore) -> None:
        self._config = config
        self._store = store
        self._guard = AddressGuard(config.allowed_networks)
        self._sender = Sender(config, self._guard)
        self._deliveries = Deliveries(config, store, (WEBHOOK, HAND_OVER), config.delivery_timeout_s)

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
        """Note the callbacks that jobs have come to, then send what is due. Returns how many were taken."""
        self._note_callbacks(now)
        return self._deliveries.try_due(now, self._try)

    def hand_over(self, session: Session, job: Job, file_key: str, now: datetime) -> None:
        """Have a cleaned item sent on to transcription, in RunPod's form."""
        assert job.clean_request is not None
        assert self._config.hand_over_url is not None
        assert job.finished_at is not None
        url = f"{self._config.hand_over_url.rstrip('/')}/run"
        body = {"input": {"file_key": file_key, "item_id": job.clean_request.item_id}}
        known = select(DeliveryRow.id).where(DeliveryRow.job_id == job.id, DeliveryRow.kind == HAND_OVER)
        if session.scalar(known.limit(1)) is None:
            session.add(new_delivery(job.id, HAND_OVER, url, body, job.finished_at, now))

    def forget(self, session: Session, job_id: str) -> None:
        """Delete the messages of a job."""
        session.execute(delete(DeliveryRow).where(DeliveryRow.job_id == job_id))

    def _note_callbacks(self, now: datetime) -> None:
        """Note what is to be told; a row keeps when its job came and began, so a short one is told of too."""
        self._note("", JobRow.finished_at, JobRow.status.in_(ENDED), now)
        if self._config.webhook_events == "all":
            self._note(JobStatus.QUEUED, JobRow.created_at, true(), now)
            self._note(JobStatus.RUNNING, JobRow.started_at, JobRow.started_at.is_not(None), now)

    def _note(
        self,
        status: JobStatus | Literal[""],
        at: InstrumentedAttribute[Any],
        come_to: ColumnElement[bool],
        now: datetime,
    ) -> None:
        """Note what is untold of one moment of jobs. status: at that moment; "": that which it ended with."""
        told = and_(DeliveryRow.job_id == JobRow.id, DeliveryRow.kind == WEBHOOK, DeliveryRow.ended_at == at)
        called = and_(JobRow.callback_url.is_not(None), come_to)
        untold = select(JobRow, at).where(called, ~select(DeliveryRow.id).where(told).exists())
        with self._store.begin() as session:
            found = [(self._store.job(row), moment) for row, moment in session.execute(untold.limit(AT_ONCE))]
        for job, moment in found:
            assert job.callback_url is not None
            body = _told(job, status or job.status, moment)
            row = new_delivery(job.id, WEBHOOK, job.callback_url, body, moment, now)
            with suppress(IntegrityError), self._store.begin() as session:  # somebody else has noted it
                session.add(row)

    def _try(self, row: DeliveryRow) -> Try:
        try:
            status, answer = self._sender.send(row, int(time.time()))
        except (AppError, OSError, urllib3.exceptions.HTTPError) as error:
            return Try(taken=False, told={"error": reason_of(error)})
        # 410: the receiver asks never to be called again
        return Try(200 <= status < 300, {"status": status, "answer": answer}, over=status == 410)


def _told(job: Job, status: JobStatus, at: datetime) -> dict[str, Any]:
    """Return what a callback says; `event` is what happened, `at` when."""
    return {
        "event": f"job.{status}",
        "at": at.isoformat(),
        "job_id": job.id,
        "name": job.name,
        "status": str(status),
        "duration_s": job.duration_s,
        "finished_at": at.isoformat() if status.ended else None,
        "error": str(job.error) if job.error and status.ended else None,
    }
