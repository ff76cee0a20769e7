"""Uploads that come in pieces and go on after a lost connection or a restart: a folder of `incoming` each.

What has arrived is the length of the file, so nothing can disagree with it. A folder that nobody has written
to for `retention.UNCLAIMED` is deleted by the janitor.
"""

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from app.audio.atomic import atomic_write
from app.config import Config
from app.errors import N_, Conflict, NotFound, Overloaded
from app.jobs.retention import unclaimed_until
from app.jobs.unfinished_uploads import MOST_OF_ONE, RETRY_AFTER_S, TOO_MANY, UNKNOWN
from app.web.core.disk_space import CHECK_EVERY_BYTES, full_disk_as_storage_full, look_at_the_disk

PREFIX = "tus-"
READ_BYTES = 2**18
BUSY = N_("This file is being sent by another page.")
WRONG_PLACE = N_("This piece does not follow what has arrived.")
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class PartialUpload:
    """A file on its way. n_bytes: of all of it."""

    id: str
    owner: str
    name: str
    n_bytes: int
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def n_arrived(self) -> int:
        return self.data.stat().st_size

    @property
    def expires_at(self) -> datetime:
        return unclaimed_until(datetime.fromtimestamp(self.data.stat().st_mtime, UTC))


class PartialUploads:
    """Those of all visitors; each gets his own only."""

    def __init__(self, config: Config) -> None:
        self._incoming = config.incoming_dir
        self._reserve_bytes = config.disk_reserve_bytes

    def create(self, owner: str, name: str, n_bytes: int) -> PartialUpload:
        """Raises Overloaded where the visitor has begun too many."""
        if sum(1 for one in self._all() if one.owner == owner) >= MOST_OF_ONE:
            raise Overloaded(TOO_MANY, RETRY_AFTER_S)
        upload_id = uuid.uuid4().hex
        folder = self._incoming / f"{PREFIX}{upload_id}"
        folder.mkdir(mode=0o700, parents=True)
        (folder / "data").touch(mode=0o600)
        upload = PartialUpload(upload_id, owner, name, n_bytes, folder)
        _note(upload)
        return upload

    def move(self, owner: str, to: str) -> None:
        """Give what a visitor has on its way to another owner."""
        for upload in self._all():
            if upload.owner == owner:
                _note(replace(upload, owner=to))

    def get(self, owner: str, upload_id: str) -> PartialUpload:
        """Raise NotFound for what is unknown, foreign or gone, in the same words."""
        found = _read(self._incoming / f"{PREFIX}{upload_id}") if _ID.fullmatch(upload_id) else None
        if found is None or found.owner != owner:
            raise NotFound(UNKNOWN)
        return found

    def append(self, upload: PartialUpload, at: int, piece: IO[bytes]) -> None:
        """Write a piece as far as it comes.

        Raises:
            Conflict: it does not begin where the last one ended, or another is being written.
            StorageFull; and what reading the piece raises: what came of it before is kept.
        """
        with self.held(upload), full_disk_as_storage_full(), upload.data.open("ab") as file:
            n_arrived = file.tell()
            if at != n_arrived:
                raise Conflict(WRONG_PLACE)
            try:
                while n_arrived < upload.n_bytes:
                    read = piece.read(min(READ_BYTES, upload.n_bytes - n_arrived))
                    if not read:
                        break
                    before, n_arrived = n_arrived, n_arrived + len(read)
                    if before // CHECK_EVERY_BYTES != n_arrived // CHECK_EVERY_BYTES or not before:
                        look_at_the_disk(upload.folder, self._reserve_bytes)
                    file.write(read)
            finally:
                file.flush()
                os.fsync(file.fileno())

    def remove(self, upload: PartialUpload) -> None:
        shutil.rmtree(upload.folder, ignore_errors=True)

    @contextmanager
    def held(self, upload: PartialUpload) -> Iterator[None]:
        """Keep everybody else from it, in other processes too. Raises Conflict where somebody has it."""
        with suppress(ImportError):
            import fcntl

            with (upload.folder / "lock").open("wb") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    raise Conflict(BUSY) from error
                try:
                    yield
                finally:  # a program that is being started at this moment has a copy of the opened file
                    fcntl.flock(lock, fcntl.LOCK_UN)
                return
        yield  # Windows

    def _all(self) -> Iterator[PartialUpload]:
        for folder in self._incoming.glob(f"{PREFIX}*"):
            if found := _read(folder):
                yield found


def _note(upload: PartialUpload) -> None:
    known = {"owner": upload.owner, "name": upload.name, "n_bytes": upload.n_bytes}
    with atomic_write(upload.folder / "upload.json") as part:
        part.write_text(json.dumps(known), encoding="ascii")


def _read(folder: Path) -> PartialUpload | None:
    try:
        known = json.loads((folder / "upload.json").read_bytes())
        return PartialUpload(folder.name.removeprefix(PREFIX), folder=folder, **known)
    except (OSError, ValueError, TypeError):
        return None
