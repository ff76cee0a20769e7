"""Uploads on their way from browsers straight into the bucket: no byte of them passes this program.

The row says whose a file is; what has arrived of it the bucket knows, so any web process goes on with it. A
kill at any moment leaves nothing that nobody knows of: what is due is given up in the bucket, then here.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy import delete, func, select, update

from app.errors import Conflict, NotFound, Overloaded
from app.integrations.bucket_scratch import SOURCE
from app.integrations.stored_files import StoredFiles
from app.integrations.tables import DirectUploadRow as Row
from app.jobs.retention import UNCLAIMED
from app.jobs.store import JobStore, storable
from app.jobs.unfinished_uploads import INCOMPLETE, MOST_OF_ONE, RETRY_AFTER_S, TOO_MANY, UNKNOWN
from app.storage.multipart import MultipartUploads, NoSuchUploadError, part_bytes
from app.storage.s3 import S3Bucket

AT_ONCE = 16  # addresses that one answer has


@dataclass(frozen=True, slots=True)
class DirectUpload:
    """A file on its way. object: its key in the bucket."""

    id: str
    owner: str
    name: str
    size_bytes: int
    object: str
    multipart: str


@dataclass(frozen=True, slots=True)
class MissingPart:
    """Bytes `begin` to `end` of the file, and where they are to be put."""

    begin: int
    end: int
    url: str


class DirectUploads:
    """Those of all visitors; each gets his own only.

    Raises:
        StorageUnavailable: the bucket does not answer.
    """

    def __init__(self, store: JobStore, files: StoredFiles, connect: Callable[[], S3Bucket]) -> None:
        self._store, self._files, self._connect = store, files, connect

    @cached_property
    def bucket(self) -> S3Bucket:
        return self._connect()

    @property
    def _parts(self) -> MultipartUploads:
        return MultipartUploads(self.bucket)

    def create(self, owner: str, name: str, size_bytes: int) -> DirectUpload:
        """Raises Overloaded where the visitor has begun too many."""
        with self._store.begin() as session:
            if session.scalars(select(func.count()).where(Row.owner == owner)).one() >= MOST_OF_ONE:
                raise Overloaded(TOO_MANY, RETRY_AFTER_S)
        upload_id = uuid.uuid4().hex
        key = f"uploads/{upload_id}/source/{uuid.uuid4().hex}"
        multipart = self._parts.begin(key)
        row = Row(
            id=upload_id, owner=owner, name=storable(name), size_bytes=size_bytes, object=key,
            multipart=multipart, due_at=datetime.now(UTC) + UNCLAIMED,
        )  # fmt: skip
        with self._store.begin() as session:
            session.add(row)
        return DirectUpload(upload_id, owner, storable(name), size_bytes, key, multipart)

    def get(self, owner: str, upload_id: str) -> DirectUpload:
        """Raise NotFound for what is unknown, foreign or gone, in the same words."""
        with self._store.begin() as session:
            row = session.get(Row, upload_id) if upload_id.isalnum() else None
            if row is None or row.owner != owner:
                raise NotFound(UNKNOWN)
            return DirectUpload(row.id, row.owner, row.name, row.size_bytes, row.object, row.multipart)

    def missing(self, upload: DirectUpload) -> tuple[int, list[MissingPart]]:
        """Return how many bytes have arrived, and the next parts that have not; none: all are there."""
        if self._files.has(upload.object):
            return upload.size_bytes, []
        lengths, arrived = _lengths(upload), self._arrived(upload)
        if arrived is None:
            return upload.size_bytes, []
        here = {n: length for n, length in lengths.items() if n in arrived and arrived[n][0] == length}
        left = [n for n in lengths if n not in here][:AT_ONCE]
        step = part_bytes(upload.size_bytes)
        due = update(Row).where(Row.id == upload.id).values(due_at=datetime.now(UTC) + UNCLAIMED)
        with self._store.begin() as session:
            session.execute(due)
        return sum(here.values()), [
            MissingPart(
                (n - 1) * step,
                (n - 1) * step + lengths[n],
                self._parts.address(upload.object, upload.multipart, n, lengths[n]),
            )
            for n in left
        ]

    def complete(self, upload: DirectUpload) -> None:
        """Let what has arrived be the source of the job that is made next. Done again, it changes nothing.

        Raises:
            Conflict: it is not all of the file.
        """
        if self._files.has(upload.object):
            return
        lengths, arrived = _lengths(upload), self._arrived(upload)
        if arrived is not None:
            if {n: size for n, (size, _) in arrived.items()} != lengths:
                raise Conflict(INCOMPLETE)
            self._parts.finish(upload.object, upload.multipart, {n: tag for n, (_, tag) in arrived.items()})
        self._files.take(upload.object, upload.id, SOURCE, upload.size_bytes, time.time_ns())

    def settle(self, upload: DirectUpload) -> None:
        """Note that a job was made of it."""
        with self._store.begin() as session:
            session.execute(delete(Row).where(Row.id == upload.id))

    def remove(self, upload: DirectUpload) -> None:
        """Give it up."""
        self._give_up(upload.object, upload.multipart)
        self.settle(upload)

    def delete_due(self, now: datetime) -> int:
        """Give up what nobody has gone on with."""
        with self._store.begin() as session:
            due = session.scalars(select(Row).where(Row.due_at <= now).limit(AT_ONCE)).all()
            over = [(row.id, row.object, row.multipart) for row in due]
        for upload_id, key, multipart in over:
            self._give_up(key, multipart)
            with self._store.begin() as session:
                session.execute(delete(Row).where(Row.id == upload_id))
        return len(over)

    def _give_up(self, key: str, multipart: str) -> None:
        """Delete its parts, and the object of it unless that is a job's, or is looked after as one."""
        self._parts.abort(key, multipart)
        if not self._files.has(key):
            self.bucket.delete(key)

    def _arrived(self, upload: DirectUpload) -> dict[int, tuple[int, str]] | None:
        """Return the parts that are there; None: they were made an object just before a kill."""
        try:
            return self._parts.arrived(upload.object, upload.multipart)
        except NoSuchUploadError:
            if self._parts.size_bytes(upload.object) == upload.size_bytes:
                return None
            raise NotFound(UNKNOWN) from None


def _lengths(upload: DirectUpload) -> dict[int, int]:
    """Return the length of each part, by its number."""
    step = part_bytes(upload.size_bytes)
    begins = range(0, upload.size_bytes, step)
    return {n: min(step, upload.size_bytes - begin) for n, begin in enumerate(begins, 1)}
