"""Checkpoint: what a stage has done so far, in a file, so that a kill costs its last piece of work only.

The file: a line of JSON that says of what work it is, then records, each with its length and its CRC-32. A
record that a kill has cut short is not there, and its piece is done again. The stages make one, engines add
to it; what is in a record is their own affair.
"""

import json
import os
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from app.audio.atomic import atomic_write

FORMAT = 2
CHECKPOINT = ".checkpoint.part"
SYNC_EVERY_S = 1.0  # so much of the work a power cut takes at most; a kill leaves all that was written
_HEAD = Struct("<II")  # length, CRC-32


class Checkpoint:
    """Records of one piece of work, in the order in which they came.

    What the file holds of other work (another sound, engine, model, setting) is dropped when it is opened.

    Args:
        of: all that decides what comes of the work, as values of JSON.
        kept: called when something more is safe.
    """

    def __init__(self, path: Path, of: Mapping[str, object], kept: Callable[[], None]) -> None:
        self._path, self._kept = path, kept
        self._synced_at = -SYNC_EVERY_S
        self._header = json.dumps({"format": FORMAT, **of}, sort_keys=True).encode() + b"\n"
        self.resumed = self._cut_to_what_is_whole()
        """Whether the work was begun before."""
        if not self.resumed:
            self._write_anew(b"")

    def records(self) -> Iterator[bytes]:
        """Read what was kept, one at a time."""
        with self._path.open("rb") as file:
            file.seek(len(self._header))
            yield from _whole_records(file)

    @property
    def is_empty(self) -> bool:
        return next(self.records(), None) is None

    def latest(self) -> bytes | None:
        """Read the last record."""
        last = deque(self.records(), maxlen=1)
        return last[0] if last else None

    def add(self, record: bytes) -> None:
        """Keep a record more."""
        with self._path.open("ab") as file:
            file.write(_packed(record))
            file.flush()
            if self.is_due:
                os.fsync(file.fileno())
                self._tell()

    def replace(self, record: bytes) -> None:
        """Keep this instead of all records before: of work whose latest state says it all."""
        self._write_anew(_packed(record))
        self._tell()

    @property
    def is_due(self) -> bool:
        """Whether it is time to write to the disk again: for those whose records are long."""
        return time.monotonic() - self._synced_at >= SYNC_EVERY_S

    def _tell(self) -> None:
        self._synced_at = time.monotonic()
        self._kept()

    def _write_anew(self, records: bytes) -> None:
        with atomic_write(self._path) as part:
            part.write_bytes(self._header + records)

    def _cut_to_what_is_whole(self) -> bool:
        try:
            with self._path.open("rb+") as file:
                if file.readline() != self._header:
                    return False
                for _ in _whole_records(file):
                    pass
                file.truncate()
        except FileNotFoundError:
            return False
        return True


def latest_records(path: Path, most: int) -> list[bytes]:
    """Read the last records of a file that somebody else may be writing; the others are skipped unread."""
    places: deque[tuple[int, int, int]] = deque(maxlen=most)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.readline()
            while len(head := file.read(_HEAD.size)) == _HEAD.size:
                length, checksum = _HEAD.unpack(head)
                if length > size - file.tell():  # it is being written
                    break
                places.append((file.tell(), length, checksum))
                file.seek(length, os.SEEK_CUR)
            records = []
            for at, length, checksum in places:
                file.seek(at)
                if zlib.crc32(record := file.read(length)) == checksum:
                    records.append(record)
            return records
    except FileNotFoundError:
        return []


def checkpoint_path(folder: Path, stage: str) -> Path:
    """Return where a stage keeps what it has so far; the file goes when the stage's artifact is there."""
    return folder / f"{stage}{CHECKPOINT}"


def checkpoints(folder: Path, stage: str) -> list[Path]:
    """Return what a stage has kept, also of parts of its work (`stage.1`)."""
    return [*folder.glob(f"{stage}{CHECKPOINT}"), *folder.glob(f"{stage}.*{CHECKPOINT}")]


def file_identity(path: Path) -> tuple[str, int, int]:
    """Tell a file from what might stand under its name later."""
    there = path.stat()
    return path.name, there.st_size, there.st_mtime_ns


def _packed(record: bytes) -> bytes:
    return _HEAD.pack(len(record), zlib.crc32(record)) + record


def _whole_records(file: BinaryIO) -> Iterator[bytes]:
    """Yield records up to the first that is not whole; the file then stands before it."""
    while True:
        at = file.tell()
        head = file.read(_HEAD.size)
        if len(head) == _HEAD.size:
            length, checksum = _HEAD.unpack(head)
            left = os.fstat(file.fileno()).st_size - file.tell()
            record = file.read(length) if length <= left else None
            if record is not None and zlib.crc32(record) == checksum:
                yield record
                continue
        file.seek(at)
        return
