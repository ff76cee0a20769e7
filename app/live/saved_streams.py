"""What is kept of live streams: each one's sound and text in a folder, until minutes are made of it."""

import json
import re
import shutil
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.audio.limits import Limits
from app.audio.waveform import Samples
from app.documents.transcript import Segment, Transcript, Word
from app.errors import N_, AppError, StorageFull
from app.live.events import End, Event, Final, HeardUpTo, Warn, to_dict
from app.live.wav_writer import WavWriter, length_s

PREFIX = "live-"
_ID = re.compile(r"[0-9a-f]{32}")
NOT_KEPT = N_("The server's disk is full. The sound from here on is not kept.")


@dataclass(frozen=True, slots=True)
class SavedStream:
    """A kept stream. recording: its id, then that of its job; written_at: seconds since the epoch."""

    recording: str
    folder: Path

    @property
    def sound(self) -> Path:
        return self.folder / "sound.wav"

    @property
    def written_at(self) -> float:
        return self.sound.stat().st_mtime

    @property
    def owner(self) -> str:
        return (self.folder / "owner").read_text(encoding="ascii")

    def duration_s(self) -> float:
        return length_s(self.sound)

    def transcript(self) -> Transcript:
        """Return the text so far. engine: all that heard it, with commas; "" where nothing was heard."""
        finals = [line for line in self.lines() if line["type"] == Final.type]
        engines = dict.fromkeys(line["engine"] for line in finals)
        letters: Counter[str | None] = Counter()
        for line in finals:
            letters[line["language"]] += len(line["text"])
        language = max(letters, key=letters.__getitem__) if letters else None
        segments = tuple(_segment(line) for line in finals)
        last = max((segment.end for segment in segments), default=0.0)
        return Transcript(segments, language, ", ".join(engines), max(last, self.duration_s()))

    @property
    def ended(self) -> bool:
        """Tell whether all of its sound is in its text."""
        return any(line["type"] == End.type for line in self.lines())

    def lines(self) -> Iterator[dict[str, Any]]:
        with suppress(FileNotFoundError), (self.folder / "text.jsonl").open(encoding="utf-8") as file:
            for line in file:
                with suppress(ValueError):  # a kill fell into it
                    yield json.loads(line)


class StreamRecorder:
    """A kept stream that goes on: its socket's thread adds to it, another may take it over.

    trouble: why the sound is not kept any more; the text is, as long as there is room for a line.
    """

    def __init__(
        self, kept: SavedStream, limits: Limits, from_s: float, taken_over: Callable[[], None]
    ) -> None:
        self.recording = kept.recording
        self.trouble: AppError | None = None
        self._warned = False
        self.taken_over = taken_over
        lines = [line for line in kept.lines() if _is_before(line, from_s)]
        self._tape = WavWriter(kept.sound, limits, from_s)
        self._lock = threading.Lock()
        self._text = (kept.folder / "text.jsonl").open("w", encoding="utf-8")
        for line in lines:
            self._write(line)

    def add(self, samples: Samples) -> None:
        self._try(lambda: self._tape.add(samples))

    def save(self, events: Iterable[Event], engine: str) -> list[Warn]:
        """Save what a client that hears of `events` will rely on; warn, once, where that failed."""
        for event in events:
            if isinstance(event, Final | HeardUpTo):
                self._try(self._tape.flush)
            if isinstance(event, Final | End):
                self._try(partial(self._write, {**to_dict(event), "engine": engine}))
        if self.trouble is None or self._warned:
            return []
        self._warned = True
        return [Warn("not_kept", self.trouble.message)]

    def close(self) -> None:
        self._tape.close()
        with self._lock:
            self._text.close()

    def _write(self, line: dict[str, Any]) -> None:
        with self._lock:
            if not self._text.closed:
                self._text.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._text.flush()

    def _try(self, work: Callable[[], None]) -> None:
        """The stream goes on when the disk does not; what is kept stays a whole beginning."""
        if self.trouble is not None:
            return
        try:
            work()
        except AppError as error:
            self.trouble = error
        except OSError:
            self.trouble = StorageFull(NOT_KEPT)


class SavedStreams:
    """The kept streams of all visitors, in a folder whose old entries the janitor takes away."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._open: dict[str, StreamRecorder] = {}
        self._lock = threading.RLock()

    def keep(
        self, owner: str, recording: str | None, from_s: float, taken_over: Callable[[], None]
    ) -> StreamRecorder:
        """Keep a stream: a new one, or one that goes on at `from_s` where it is still here.

        taken_over: called when another takes it from here. Raises StorageFull.
        """
        with self._lock:  # a client in a hurry may come back twice at once
            kept = self.find(owner, recording or "")
            if kept is None:
                kept = self._at(uuid.uuid4().hex)
                kept.folder.mkdir(mode=0o700, parents=True)
                (kept.folder / "owner").write_text(owner, encoding="ascii")
            self.let_go(kept.recording)
            keeping = StreamRecorder(kept, self._limits, from_s, taken_over)
            self._open[kept.recording] = keeping
            return keeping

    def let_go(self, recording: str) -> None:
        """End the stream that still writes it, if one does: its client has come back, or wants minutes."""
        with self._lock:
            keeping = self._open.pop(recording, None)
        if keeping is not None:
            keeping.close()
            keeping.taken_over()

    def close(self, keeping: StreamRecorder) -> None:
        keeping.close()
        with self._lock:
            if self._open.get(keeping.recording) is keeping:
                del self._open[keeping.recording]

    def is_open(self, recording: str) -> bool:
        with self._lock:
            return recording in self._open

    def find(self, owner: str, recording: str) -> SavedStream | None:
        """Return a visitor's kept stream; None for what is unknown, foreign or gone."""
        if not owner or not _ID.fullmatch(recording):
            return None
        kept = self._at(recording)
        try:
            return kept if kept.owner == owner and kept.sound.exists() else None
        except FileNotFoundError:
            return None

    def of(self, owner: str) -> list[SavedStream]:
        """Return a visitor's kept streams that nobody speaks into now, newest first."""
        names = [path.name.removeprefix(PREFIX) for path in self._folder.glob(f"{PREFIX}*")]
        found = [kept for name in names if (kept := self.find(owner, name)) and not self.is_open(name)]
        return sorted(found, key=lambda kept: kept.written_at, reverse=True)

    @contextmanager
    def taken(self, owner: str, recording: str) -> Iterator[SavedStream | None]:
        """Give a kept stream to one who takes its sound away; it is removed, unless something was raised.

        Who comes at the same time waits, and gets None as if it had long been gone.
        """
        with self._lock:
            kept = self.find(owner, recording)
            if kept is not None:
                self.let_go(recording)
            yield kept
            if kept is not None:
                self.remove(kept)

    def remove(self, kept: SavedStream) -> None:
        self.let_go(kept.recording)
        shutil.rmtree(kept.folder, ignore_errors=True)  # what stays is the janitor's

    def _at(self, recording: str) -> SavedStream:
        return SavedStream(recording, self._folder / f"{PREFIX}{recording}")


def _is_before(line: dict[str, Any], from_s: float) -> bool:
    """Tell whether the client knows it: what was said after `from_s` is going to be said again."""
    return bool(line["type"] == Final.type and (line["start"] + line["end"]) / 2 < from_s)


def _segment(line: dict[str, Any]) -> Segment:
    words = tuple(Word(**word) for word in line["words"])
    return Segment(line["start"], line["end"], line["text"], None, words, line["doubtful"])
