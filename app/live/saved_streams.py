"""The saved streams of all visitors: each is written by one stream at most, and found by its owner alone."""

import re
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.audio.limits import Limits
from app.audio.waveform import Samples
from app.engines.pooling import Vector
from app.live.saved_stream import SavedStream
from app.live.speakers import RunningSpeakers
from app.live.stream_recorder import StreamRecorder
from app.live.wav_writer import write_length

PREFIX = "live-"
MOST_SPEAKERS = 100  # streams whose voices are known, so that one that comes back goes on with them
_ID = re.compile(r"[0-9a-f]{32}")


class SavedStreams:
    """Saved streams in a folder whose old entries the janitor takes away."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._open: dict[str, StreamRecorder] = {}
        self._speakers: dict[str, RunningSpeakers] = {}
        self._lock = threading.RLock()

    def record(
        self, owner: str, recording: str | None, from_s: float, taken_over: Callable[[], None]
    ) -> StreamRecorder:
        """Save a stream: a new one, or one that goes on at `from_s` where it is still here.

        taken_over: called when another takes it over. Raises StorageFull.
        """
        with self._lock:  # a client in a hurry may come back twice at once
            saved = self.find(owner, recording or "")
            if saved is None:
                saved = self._at(uuid.uuid4().hex)
                saved.folder.mkdir(mode=0o700, parents=True)
                (saved.folder / "owner").write_text(owner, encoding="utf-8")
            self.release(saved.recording)
            recorder = StreamRecorder(saved, self._limits, from_s, taken_over)
            self._open[saved.recording] = recorder
            return recorder

    def speakers(
        self, recorder: StreamRecorder, voice: Callable[[Samples], Vector | None]
    ) -> RunningSpeakers:
        """Return the voices of a stream, those of before where it goes on."""
        with self._lock:
            found = self._speakers.pop(recorder.recording, None)
            found = found or RunningSpeakers(voice, self._at(recorder.recording).n_speakers + 1)
            self._speakers[recorder.recording] = found
            for old in list(self._speakers)[:-MOST_SPEAKERS]:
                del self._speakers[old]
            return found

    def release(self, recording: str) -> None:
        """End the stream that still writes it, if one does: its client has come back, or wants minutes."""
        with self._lock:
            recorder = self._open.pop(recording, None)
        if recorder is not None:
            recorder.close()
            recorder.taken_over()

    def close(self, recorder: StreamRecorder) -> None:
        recorder.close()
        with self._lock:
            if self._open.get(recorder.recording) is recorder:
                del self._open[recorder.recording]

    def is_open(self, recording: str) -> bool:
        with self._lock:
            return recording in self._open

    def find(self, owner: str, recording: str) -> SavedStream | None:
        """Return a visitor's saved stream; None for what is unknown, foreign or gone."""
        if not owner or not _ID.fullmatch(recording):
            return None
        saved = self._at(recording)
        try:
            return saved if saved.owner == owner and saved.sound.exists() else None
        except FileNotFoundError:
            return None

    def of(self, owner: str, also_open: bool = False) -> list[SavedStream]:
        """Return a visitor's saved streams, newest first; those that somebody speaks into now on demand."""
        names = [path.name.removeprefix(PREFIX) for path in self._folder.glob(f"{PREFIX}*")]
        wanted = [name for name in names if also_open or not self.is_open(name)]
        found = [saved for name in wanted if (saved := self.find(owner, name))]
        return sorted(found, key=lambda saved: saved.written_at, reverse=True)

    @contextmanager
    def taken(self, owner: str, recording: str) -> Iterator[SavedStream | None]:
        """Give a saved stream to one who takes its sound away; it is removed, unless something was raised.

        Who comes at the same time waits, and gets None as if it had long been gone.
        """
        with self._lock:
            saved = self.find(owner, recording)
            if saved is not None:
                self.release(recording)
                write_length(saved.sound)
            yield saved
            if saved is not None:
                self.remove(saved)

    def remove(self, saved: SavedStream) -> None:
        self.release(saved.recording)
        self._speakers.pop(saved.recording, None)
        shutil.rmtree(saved.folder, ignore_errors=True)  # what stays is the janitor's

    def _at(self, recording: str) -> SavedStream:
        return SavedStream(recording, self._folder / f"{PREFIX}{recording}")
