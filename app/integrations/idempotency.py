"""Idempotency keys: a program that asks twice with the same key, because an answer was lost, gets one job.

(draft-ietf-httpapi-idempotency-key-header-07)
"""

import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import N_, Conflict
from app.integrations.submitting import taken_in
from app.integrations.tables import IdempotencyRow
from app.jobs.job import Job
from app.jobs.store import JobStore

MAX_KEY_CHARS = 255
OTHER_BODY = N_(
    "This Idempotency-Key was sent before with another request. Send a new key with a new request."
)
NOT_YET = N_("The same request is being taken in at this moment. Ask again in a moment.")


class Idempotency:
    """The keys that have made jobs."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def once(
        self,
        owner: str,
        key: str,
        asked: bytes,
        find: Callable[[str], Job | None],
        submit: Callable[[str], Job],
    ) -> tuple[Job, bool]:
        """Return the one job of an owner's key, and whether it was there before.

        Args:
            asked: all that the request says, in any form.
            find: returns a job by its id, None where there is none; submit: makes it under this id.

        Raises:
            Conflict: the key belongs to another request. What `submit` raises leaves the key free.
        """
        row_id = hashlib.sha256(f"{owner}\0{key}".encode("utf-8", "replace")).hexdigest()
        sha256 = hashlib.sha256(asked).hexdigest()
        job_id, is_mine = self._claim(row_id, sha256)
        if known := find(job_id):
            return known, True
        try:
            return submit(job_id), False
        except (FileExistsError, IntegrityError) as error:  # somebody else does it at this moment
            if known := taken_in(lambda: find(job_id)):
                return known, True
            raise Conflict(NOT_YET) from error
        except BaseException:
            if is_mine:
                with self._store.begin() as session:
                    session.execute(delete(IdempotencyRow).where(IdempotencyRow.id == row_id))
            raise

    def forget(self, session: Session, job_id: str) -> None:
        """Let go of the key of a job that is deleted."""
        session.execute(delete(IdempotencyRow).where(IdempotencyRow.job_id == job_id))

    def _claim(self, row_id: str, sha256: str) -> tuple[str, bool]:
        """Return the id of the key's job, and whether the key is new."""
        job_id = uuid.uuid4().hex
        row = IdempotencyRow(id=row_id, job_id=job_id, sha256=sha256, created_at=datetime.now(UTC))
        try:
            with self._store.begin() as session:
                session.add(row)
        except IntegrityError:
            with self._store.begin() as session:
                known = session.scalar(select(IdempotencyRow).where(IdempotencyRow.id == row_id))
            if known is None:  # its job was deleted in this moment
                raise Conflict(NOT_YET) from None
            if known.sha256 != sha256:
                raise Conflict(OTHER_BODY) from None
            return known.job_id, False
        return job_id, True
