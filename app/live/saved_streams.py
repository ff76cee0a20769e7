"""The saved streams of all visitors: each is written by one stream at most, and found by its owner alone."""

import re
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.audio.limits import Limits
from app.audio.waveform import Samples
from app.engines.pooling import Vector
from app.errors import N_, Conflict
from app.live.saved_stream import SavedStream
from app.live.speakers import RunningSpeakers
from app.live.stream_recorder import StreamRecorder
from app.live.stream_storage import OwnFolder, StreamStorage, at
from app.live.wav_writer import write_length

TAKEN = N_("Minutes of this conversation are being made just now. Try again in a moment.")
N_LOCKS = 64
WAIT_S = 20.0  # for another process that makes minutes of a stream just now
MOST_SPEAKERS = 100  # streams whose voices are known, so that one that comes back goes on with them
_ID = re.compile(r"[0-9a-f]{32}")


class SavedStreams:
    """Saved streams in a folder whose old entries the janitor takes away.

    storage: where several web processes have them in common.
    """

    def __init__(self, folder: Path, limits: Limits, storage: StreamStorage | None = None) -> None:
        self._folder = folder
        self._limits = limits
        self._storage = storage or OwnFolder()
        self._open: dict[str, StreamRecorder] = {}
        self._speakers: dict[str, RunningSpeakers] = {}
        self._lock = threading.Lock()
        self._alone = [threading.Lock() for _ in range(N_LOCKS)]

    def record(
        self, owner: str, recording: str | None, from_s: float, taken_over: Callable[[], None]
    ) -> StreamRecorder:
        """Save a stream: a new one, or one that goes on at `from_s` where it is still here.

        taken_over: called when another takes it over. Raises StorageFull.
        """
        with self._alone_with(recording):  # a client in a hurry may come back twice at once
            found = self._released(owner, recording or "")
            saved = self._storage.own(self._folder, found) if found else self._new(owner)
            recorder = StreamRecorder(saved, self._limits, from_s, taken_over)
            recorder.tenure = self._storage.begin(saved)
            with self._lock:
                self._open[saved.recording] = recorder
            return recorder

    def speakers(
        self, recorder: StreamRecorder, voice: Callable[[Samples], Vector | None]
    ) -> RunningSpeakers:
        """Return the voices of a stream, those of before where it goes on."""
        with self._lock:
            found = self._speakers.pop(recorder.recording, None)
            found = found or RunningSpeakers(voice, at(self._folder, recorder.recording).n_speakers + 1)
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
            here = recording in self._open
        return here or self._storage.is_open(recording)

    def find(self, owner: str, recording: str, whole: bool = False) -> SavedStream | None:
        """Return a visitor's saved stream, to be read; None for what is unknown, foreign or gone.

        whole: with its sound, which may lie elsewhere. Raises StorageUnavailable.
        """
        if not owner or not _ID.fullmatch(recording):
            return None
        return self._storage.bring(self._folder, owner, recording, whole)

    def of(self, owner: str, also_open: bool = False) -> list[SavedStream]:
        """Return a visitor's saved streams, newest first; those that somebody speaks into now on demand."""
        names = self._storage.ids(self._folder, owner)
        wanted = [name for name in names if also_open or not self.is_open(name)]
        found = [saved for name in wanted if (saved := self.find(owner, name))]
        return sorted(found, key=lambda saved: saved.written_at, reverse=True)

    def owners(self) -> set[str]:
        """Return whose streams there are, open ones too."""
        return self._storage.owners(self._folder)

    def correct(self, saved: SavedStream, start: float, text: str) -> None:
        """Say a line otherwise, as `SavedStream.correct`, wherever the stream is written."""
        saved.correct(start, text)
        self._storage.corrected(saved)

    @contextmanager
    def taken(self, owner: str, recording: str) -> Iterator[SavedStream | None]:
        """Give a saved stream to one who takes its sound away; it is removed, unless something was raised.

        Who comes at the same time waits, and gets None as if it had long been gone.
        """
        with self._alone_with(recording):
            saved = self._released(owner, recording)
            if saved is not None and not self._storage.claim(saved):
                self._await_taken(owner, recording)
                saved = None
            if saved is None:
                yield None
                return
            try:
                write_length(saved.sound)
                yield saved
            except BaseException:
                self._storage.give_back(saved)
                raise
            self.remove(saved)

    def move(self, owner: str, to: str) -> None:
        """Give the streams of a visitor to another owner."""
        self._storage.move(self._folder, owner, to)

    def remove(self, saved: SavedStream) -> None:
        self.release(saved.recording)
        self._speakers.pop(saved.recording, None)
        self._storage.forget(saved.recording)
        for folder in (saved.folder, at(self._folder, saved.recording).folder):
            shutil.rmtree(folder, ignore_errors=True)  # what stays is the janitor's

    def _alone_with(self, recording: str | None) -> threading.Lock:
        """Return what keeps others from a stream; those of other streams need not wait."""
        return self._alone[hash(recording or uuid.uuid4()) % N_LOCKS]

    def _released(self, owner: str, recording: str) -> SavedStream | None:
        """Return a visitor's stream, whole, that this process writes no more."""
        if self.find(owner, recording) is None:
            return None
        self.release(recording)
        return self.find(owner, recording, whole=True)

    def _new(self, owner: str) -> SavedStream:
        saved = at(self._folder, uuid.uuid4().hex)
        saved.folder.mkdir(mode=0o700, parents=True)
        (saved.folder / "owner").write_text(owner, encoding="utf-8")
        return saved

    def _await_taken(self, owner: str, recording: str) -> None:
        """Wait until the process that takes it away is done. Raises Conflict where that lasts."""
        end = time.monotonic() + WAIT_S
        while self.find(owner, recording) is not None:
            if time.monotonic() > end:
                raise Conflict(TAKEN)
            time.sleep(0.1)
