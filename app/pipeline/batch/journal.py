"""What a batch has done so far: a journal that only grows, so that no moment of a kill loses or repeats work.

A line per record, flushed to the disk before the next. The result files are written from it now and then:
each time the set has grown by a fifth, so that all rewrites together cost a few times the last one.
"""

import base64
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from filelock import FileLock, Timeout

from app.audio.atomic import atomic_write
from app.engines.base import Embedding
from app.engines.pooling import Vector
from app.errors import N_, AppError, BadInput, Conflict

JOURNAL, LOCK = "audio_journal.jsonl", ".audio.lock"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of a record beside its vector; None: it was taken over from who did not say."""

    processing_time_s: float | None
    video_length_s: float | None
    channels: int | None
    sample_rate_hz: int | None
    engine: str
    pooling: str


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    key: str
    vector: Vector
    facts: Facts


@dataclass(frozen=True, slots=True)
class Failed:
    key: str
    reason: str


class Journal:
    """The journal of a folder. Memory: an address and an offset a record, never the vectors.

    reads_only: nothing is added; what a run that is under way has written so far can be read.
    """

    def __init__(self, folder: Path, reads_only: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._path = folder / JOURNAL
        self._at: dict[str, int] = {}  # key -> where its latest line begins
        self.failed: set[str] = set()
        self.space: tuple[str, str] | None = None  # engine and pooling of all vectors here
        self._end = 0
        if self._path.exists():
            self._index()
        self._file: BinaryIO = self._path.open("rb" if reads_only else "ab")
        if not reads_only:
            self._file.truncate(self._end)  # what a kill has cut off in the middle

    def __contains__(self, key: str) -> bool:
        return key in self._at

    def __len__(self) -> int:
        return len(self._at)

    def add(self, embedding: Embedding, key: str, facts: Facts) -> None:
        """Note a vector. Raises BadInput where the folder holds vectors of another kind."""
        self.check(embedding.engine, embedding.pooling)
        self._append(key, _done_line(key, embedding, facts))
        self.space = (embedding.engine, embedding.pooling)
        self.failed.discard(key)

    def fail(self, key: str, error: AppError) -> None:
        """Note why a record has failed, also as a template for whoever reads another language."""
        self._append(key, _failed_line(key, error))
        self.failed.add(key)

    def begin_with(
        self, done: Sequence[tuple[str, Embedding, Facts]], failed: Sequence[tuple[str, AppError]]
    ) -> None:
        """Fill an empty journal, whole or not at all, with the work of others."""
        assert not len(self), "it would be written over"
        lines = [_done_line(*one) for one in done] + [_failed_line(*one) for one in failed]
        self._file.close()
        with atomic_write(self._path) as part:
            part.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
        self._index()
        self._file = self._path.open("ab")

    def check(self, engine: str, pooling: str) -> None:
        """Refuse to put vectors that cannot be compared into one file."""
        if self.space is not None and self.space != (engine, pooling):
            raise BadInput(
                N_(
                    "%(folder)s holds vectors by %(old)s; those by %(new)s cannot be compared with them."
                    " Choose another folder."
                ),
                folder=str(self.folder),
                old=" ".join(self.space),
                new=f"{engine} {pooling}",
            )

    def done(self) -> Iterator[Done]:
        """Read every vector, one at a time, in the order in which their records first came."""
        for key, line in self._lines():
            if "vector" in line:
                vector = np.frombuffer(base64.b64decode(line["vector"]), "<f4").astype(np.float32)
                yield Done(key, vector, Facts(**line["facts"]))

    def failures(self) -> Iterator[Failed]:
        for key, line in self._lines(only=self.failed):
            yield Failed(key, line["reason"])

    def close(self) -> None:
        self._file.close()

    def _lines(self, only: set[str] | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
        with self._path.open("rb") as file:
            for key, at in self._at.items():
                if only is None or key in only:
                    file.seek(at)
                    yield key, json.loads(file.readline())

    def _append(self, key: str, line: dict[str, Any]) -> None:
        data = json.dumps(line).encode() + b"\n"
        self._file.write(data)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._at[key], self._end = self._end, self._end + len(data)

    def _index(self) -> None:
        with self._path.open("rb") as file:
            for data in file:
                try:
                    line = json.loads(data) if data.endswith(b"\n") else None
                    key = line["key"] if line else None
                except (ValueError, LookupError, TypeError):
                    key = None
                if line is None or key is None:
                    return
                self._at[key], self._end = self._end, self._end + len(data)
                if "vector" in line:
                    self.space = (line["facts"]["engine"], line["facts"]["pooling"])
                    self.failed.discard(key)
                else:
                    self.failed.add(key)


def _done_line(key: str, embedding: Embedding, facts: Facts) -> dict[str, Any]:
    packed = base64.b64encode(embedding.vector.astype("<f4").tobytes()).decode()
    return {"key": key, "vector": packed, "facts": asdict(facts)}


def _failed_line(key: str, error: AppError) -> dict[str, Any]:
    return {"key": key, "reason": str(error), "message": error.message, "params": error.params}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a record; reason: why it has failed, None where it has a vector.

    message, params: the reason as a gettext template.
    """

    reason: str | None
    message: str = ""
    params: dict[str, str | int | float] = field(default_factory=dict)


def outcomes(folder: Path) -> dict[str, Outcome]:
    """Read how far a batch is, also while it runs."""
    try:
        lines = (folder / JOURNAL).read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return {}
    found = (json.loads(line) for line in lines if line.endswith(b"\n"))
    return {line["key"]: _outcome(line) for line in found}


def _outcome(line: dict[str, Any]) -> Outcome:
    return Outcome(line.get("reason"), line.get("message", ""), line.get("params", {}))


@contextmanager
def opened(folder: Path) -> Iterator[Journal]:
    """Open the journal of a folder for this run alone.

    Raises:
        Conflict: another run works on it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Conflict(
            N_("Another run works on %(folder)s. Wait for its end, or choose another folder."),
            folder=str(folder),
        ) from error
    try:
        journal = Journal(folder)
        try:
            yield journal
        finally:
            journal.close()
    finally:
        lock.release()
