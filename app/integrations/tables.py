"""What is still to be done towards other systems, and what was done, as SQLAlchemy models."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.jobs.tables import Base


class CopyRow(Base):
    """A file of a job and its copy in S3. It outlives the job until the copy is deleted.

    key: in the storage, and its path under uploads/ or results/; state: pending, copied, deleting;
    sha256: of what was sent.
    """

    __tablename__ = "copies"

    key: Mapped[str] = mapped_column(String(512), primary_key=True)
    job_id: Mapped[str] = mapped_column(String(32), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    size_bytes: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(Text)


class ObjectRow(Base):
    """What the cleaning service has put into its bucket. It stays when the job goes, as the object does."""

    __tablename__ = "objects"

    key: Mapped[str] = mapped_column(String(1024), primary_key=True)
    job_id: Mapped[str] = mapped_column(String(32), index=True)
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    stored_at: Mapped[datetime]


class DeliveryRow(Base):
    """A message to another system: sent until it is taken or given up.

    kind: webhook, hand_over; ended_at: which end of the job it tells of; state: pending, delivered, failed;
    history: of each try {at, status, error, answer}.
    """

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("job_id", "kind", "ended_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    job_id: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    url: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    ended_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="pending", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    history: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class IdempotencyRow(Base):
    """An `Idempotency-Key` by which a job was asked for. It goes with the job.

    id: of owner and key; sha256: of what was asked for.
    """

    __tablename__ = "idempotency_keys"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    job_id: Mapped[str] = mapped_column(String(32), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class ApiKeyRow(Base):
    """A key of the API, which itself is nowhere. sha256: of the key; scope: read, write."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    scope: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
