"""The sound of a stream on disk: a wav that can be read at any moment, also after a kill."""

import shutil
import struct
import threading
from contextlib import suppress
from pathlib import Path

from app.audio.limits import Limits
from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.errors import N_, AppError, StorageFull, TooLarge

SAMPLE_BYTES = 2
HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")  # RIFF, the format, the head of the data
BLOCK_BYTES = SPEECH_RATE_HZ * SAMPLE_BYTES  # what is in memory at most: a second
LOOK_EVERY_BYTES = 16 * 2**20  # how much is written between two looks at the free space


class WavWriter:
    """A 16 kHz mono 16-bit wav that grows. Every block leaves a header with the length so far.

    Args:
        from_s: where to go on. What stood after it is gone; what is missing before it becomes silence.

    Raises:
        StorageFull: the disk reserve would be touched.
    """

    def __init__(self, path: Path, limits: Limits, from_s: float = 0.0) -> None:
        self._folder = path.parent
        self._limits = limits
        self._lock = threading.Lock()
        self._pending = bytearray()
        self._look_at_the_disk()
        path.touch(mode=0o600)
        self._file = path.open("rb+", buffering=0)
        self._written = round(from_s * SPEECH_RATE_HZ) * SAMPLE_BYTES
        self._file.truncate(HEADER.size + self._written)
        self._write_header()

    @property
    def duration_s(self) -> float:
        return (self._written + len(self._pending)) / SAMPLE_BYTES / SPEECH_RATE_HZ

    def add(self, samples: Samples) -> None:
        """Append 16 kHz samples; nothing happens once it is closed.

        Raises:
            StorageFull, TooLarge: they and what comes after them are not kept. OSError: the disk failed.
        """
        with self._lock:
            if self._file.closed:
                return
            self._pending += (samples * 32768).clip(-32768, 32767).astype("<i2").tobytes()
            if len(self._pending) >= BLOCK_BYTES:
                self._write()

    def flush(self) -> None:
        """Hand all that was added to the system, where a kill of this program does not reach it."""
        with self._lock:
            if not self._file.closed:
                self._write()

    def close(self) -> None:
        """Write the rest as far as that can be done, and take nothing more."""
        with self._lock:
            if self._file.closed:
                return
            with self._file, suppress(AppError, OSError):  # whoever added it was told
                self._write()

    def _write(self) -> None:
        before, after = self._written, self._written + len(self._pending)
        if after > self._limits.max_duration_s * SPEECH_RATE_HZ * SAMPLE_BYTES:
            self._pending.clear()
            raise TooLarge(N_("The recording is as long as one may be. The sound from here on is not kept."))
        if before // LOOK_EVERY_BYTES != after // LOOK_EVERY_BYTES:
            self._look_at_the_disk()
        self._file.seek(HEADER.size + self._written)
        rest = memoryview(bytes(self._pending))
        while rest:
            n = self._file.write(rest)
            self._written += n
            rest = rest[n:]
        self._pending.clear()
        self._write_header()

    def _write_header(self) -> None:
        self._file.seek(0)
        self._file.write(_header(self._written))

    def _look_at_the_disk(self) -> None:
        if shutil.disk_usage(self._folder).free < self._limits.disk_reserve_bytes:
            raise StorageFull(N_("The server's disk is full. The sound from here on is not kept."))


def length_s(path: Path) -> float:
    """Return the seconds of sound that stand in a tape, whatever its header says."""
    return _n_bytes(path) / SAMPLE_BYTES / SPEECH_RATE_HZ


def mend(path: Path) -> None:
    """Make the header of a closed tape say what is there: a kill may have fallen between the two."""
    with path.open("rb+") as file:
        file.write(_header(_n_bytes(path)))


def _n_bytes(path: Path) -> int:
    n = max(0, path.stat().st_size - HEADER.size)
    return n - n % SAMPLE_BYTES


def _header(n_bytes: int) -> bytes:
    size = min(n_bytes, 2**32 - 1 - HEADER.size)
    form = (16, 1, 1, SPEECH_RATE_HZ, SPEECH_RATE_HZ * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    return HEADER.pack(b"RIFF", size + HEADER.size - 8, b"WAVE", b"fmt ", *form, b"data", size)
