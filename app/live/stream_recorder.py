"""Saves a live stream while it goes on: its sound as it comes, its text before the client hears of it."""

import json
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from app.audio.limits import Limits
from app.audio.waveform import Samples
from app.errors import N_, AppError, StorageFull
from app.live.events import End, Event, Final, HeardUpTo, Warn, to_dict
from app.live.saved_stream import SavedStream
from app.live.stream_storage import OwnFolder, Tenure
from app.live.wav_writer import WavWriter

NOT_KEPT = N_("The server's disk is full. The sound from here on is not kept.")


class StreamRecorder:
    """Writes a saved stream from `from_s` on. Its socket's thread adds to it, another may take it over.

    taken_over: called when another takes it over; tenure: tells others what is new.
    """

    tenure: Tenure

    def __init__(
        self, saved: SavedStream, limits: Limits, from_s: float, taken_over: Callable[[], None]
    ) -> None:
        self.recording = saved.recording
        self.taken_over = taken_over
        self.tenure = OwnFolder()
        n_bytes = _bytes_before(saved.text, from_s)
        self._sound = WavWriter(saved.sound, limits, from_s)
        self._lock = threading.Lock()
        self._trouble: AppError | None = None  # why nothing is saved any more
        self._warned = False
        self._text = saved.text.open("a", encoding="utf-8")
        self._text.truncate(n_bytes)

    def add(self, samples: Samples) -> None:
        """Save 16 kHz samples. Where that fails, the stream goes on, and `save` warns."""
        self._try(partial(self._sound.add, samples))

    def save(self, events: Collection[Event], engine: str) -> list[Warn]:
        """Save what a client that hears of `events` relies on; warn, once, where that fails from here on."""
        for event in events:
            if isinstance(event, Final | HeardUpTo):
                self._try(self._sound.flush)
            if isinstance(event, Final | End):
                self._try(partial(self._write, {**to_dict(event), "engine": engine}))
        if any(isinstance(event, Final | HeardUpTo | End) for event in events) and not self.tenure.keep():
            self.taken_over()
        if self._trouble is None or self._warned:
            return []
        self._warned = True
        return [Warn("not_kept", self._trouble.message)]

    def close(self) -> None:
        self._sound.close()
        with self._lock:
            self._text.close()
        self.tenure.end()

    def _write(self, line: dict[str, Any]) -> None:
        with self._lock:
            if not self._text.closed:
                self._text.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._text.flush()

    def _try(self, work: Callable[[], None]) -> None:
        """Do nothing after the first failure, so that what is saved is a whole beginning."""
        if self._trouble is not None:
            return
        try:
            work()
        except AppError as error:
            self._trouble = error
        except OSError:
            self._trouble = StorageFull(NOT_KEPT)


def _bytes_before(text: Path, from_s: float) -> int:
    """Return how much of the text its client knows: what was said after `from_s` is said again."""
    n_bytes = 0
    with suppress(FileNotFoundError), text.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n") or not _is_before(line, from_s):
                break
            n_bytes += len(line)
    return n_bytes


def _is_before(line: bytes, from_s: float) -> bool:
    try:
        said = json.loads(line)
        return bool(said["type"] == Final.type and (said["start"] + said["end"]) / 2 < from_s)
    except (ValueError, LookupError, TypeError):  # a kill has cut it
        return False
