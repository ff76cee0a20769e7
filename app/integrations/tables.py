"""What is still to be done towards other systems, and what was done, as SQLAlchemy models."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint, text, true
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


class StoredFileRow(Base):
    """A file of a job in the bucket, where that is the storage. It outlives the job until it is deleted.

    object: its key, used once: a file that changes becomes another object; name: "uploads/source" or
    "results/" and its path in the job's folder; state: arriving, there, leaving (`stored_files.py`);
    mtime_ns: of the file that was sent, and of each that is fetched; due_at: when it is looked after.
    """

    __tablename__ = "stored_files"
    __table_args__ = (
        Index(
            "ix_stored_files_there",
            "job_id",
            "name",
            unique=True,
            sqlite_where=text("state = 'there'"),
            postgresql_where=text("state = 'there'"),
        ),
        Index("ix_stored_files_due", "state", "due_at"),
    )

    object: Mapped[str] = mapped_column(String(700), primary_key=True)
    job_id: Mapped[str] = mapped_column(String(32), index=True)
    name: Mapped[str] = mapped_column(String(512))
    state: Mapped[str] = mapped_column(String(16))
    size_bytes: Mapped[int]
    mtime_ns: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(String(64))
    due_at: Mapped[datetime]


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

    kind: webhook, hand_over, or of an export; ended_at: which end of the job it tells of; state: pending,
    delivered, failed; history: of each try {at, status, error, answer}.
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
    """A key of the API, which itself is nowhere. sha256: of the key; scope: read, write, admin.

    account_id: who has made it on the pages; None: it was made in the terminal, and owns what it makes.
    """

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    scope: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    account_id: Mapped[str | None] = mapped_column(String(32), index=True)


class AccountRow(Base):
    """Somebody who may sign in.

    sign_in_name: the name as it is compared; password: its argon2 hash, None where others vouch for him;
    subject: who he is to an OpenID provider, "issuer sub".
    """

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    sign_in_name: Mapped[str] = mapped_column(String(200), unique=True)
    password: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(String(512), unique=True)
    is_admin: Mapped[bool]
    created_at: Mapped[datetime]


class SignInRow(Base):
    """A browser in which an account is signed in; without the row it is not. browser: as it calls itself."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    browser: Mapped[str] = mapped_column(String(300))
    address: Mapped[str] = mapped_column(String(64))


class DirectUploadRow(Base):
    """A file that a browser sends straight into the bucket, until a job is made of it.

    id: then that of the job; multipart: the bucket's name for the upload; due_at: when it is given up.
    """

    __tablename__ = "direct_uploads"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(255), index=True)
    name: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int]
    object: Mapped[str] = mapped_column(String(700))
    multipart: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(index=True)


class LiveStreamRow(Base):
    """A saved live stream, where several web processes have them in common, until minutes are made of it.

    holder: the token of who writes it; seen_at: when he has last kept something of it.
    taken_until: for so long one process makes minutes of it, and no other does.
    Its sound and text are StoredFileRows of the same id, where files stand in a bucket.
    """

    __tablename__ = "live_streams"

    recording: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(255), index=True)
    holder: Mapped[str] = mapped_column(String(32))
    is_open: Mapped[bool] = mapped_column(default=True, server_default=true())
    seen_at: Mapped[datetime] = mapped_column(index=True)
    taken_until: Mapped[datetime | None]


class LiveServerRow(Base):
    """A web process as those see it that come to a full one. url: null where it has no address of its own.

    n_places: null as long as nobody has measured it.
    """

    __tablename__ = "live_servers"

    node: Mapped[str] = mapped_column(String(32), primary_key=True)
    url: Mapped[str | None] = mapped_column(Text)
    n_open: Mapped[int]
    n_places: Mapped[int | None]
    seen_at: Mapped[datetime]
