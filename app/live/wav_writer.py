"""The sound of a stream on disk: a WAV file that grows and can be read at any moment, also after a kill."""

import shutil
import struct
import threading
from contextlib import suppress
from pathlib import Path

from app.audio.limits import Limits
from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.errors import N_, StorageFull, TooLarge

SAMPLE_BYTES = 2
HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")  # RIFF, the format, the head of the data
UNKNOWN = 2**32 - 1  # the length of a WAV that is still written: its data go on to the end of the file
BUFFER_BYTES = 2**14  # what is in memory at most: half a second
CHECK_EVERY_BYTES = 16 * 2**20  # how much is written between two looks at the free space


class WavWriter:
    """Appends to a 16 kHz mono 16-bit WAV file. Its length stands in the header once it is closed.

    Args:
        from_s: where to go on. What stood after it is gone; what is missing before it becomes silence.

    Raises:
        StorageFull: the disk reserve would be touched.
    """

    def __init__(self, path: Path, limits: Limits, from_s: float = 0.0) -> None:
        self._path = path
        self._limits = limits
        self._lock = threading.Lock()
        self._n_bytes = round(from_s * SPEECH_RATE_HZ) * SAMPLE_BYTES
        self._check_space()
        path.touch(mode=0o600)
        with path.open("rb+") as file:
            file.write(_header(UNKNOWN))
            file.truncate(HEADER.size + self._n_bytes)
        self._file = path.open("ab", buffering=BUFFER_BYTES)

    def add(self, samples: Samples) -> None:
        """Append 16 kHz samples; nothing happens once it is closed.

        Raises:
            StorageFull, TooLarge: they and what comes after them are not saved. OSError: the disk failed.
        """
        with self._lock:
            if self._file.closed:
                return
            data = (samples * 32768).clip(-32768, 32767).astype("<i2").tobytes()
            before, after = self._n_bytes, self._n_bytes + len(data)
            if after > self._limits.max_duration_s * SPEECH_RATE_HZ * SAMPLE_BYTES:
                raise TooLarge(
                    N_("The recording is as long as one may be. The sound from here on is not kept.")
                )
            if before // CHECK_EVERY_BYTES != after // CHECK_EVERY_BYTES:
                self._check_space()
            self._file.write(data)
            self._n_bytes = after

    def flush(self) -> None:
        """Hand all that was added to the system, where a kill of this program does not reach it."""
        with self._lock:
            if not self._file.closed:
                self._file.flush()

    def close(self) -> None:
        """Write the rest as far as that can be done, and take nothing more."""
        with self._lock:
            if self._file.closed:
                return
            with suppress(OSError):  # whoever added it was told
                self._file.close()
            with suppress(OSError):
                write_length(self._path)

    def _check_space(self) -> None:
        if shutil.disk_usage(self._path.parent).free < self._limits.disk_reserve_bytes:
            raise StorageFull(N_("The server's disk is full. The sound from here on is not kept."))


def length_s(path: Path) -> float:
    """Return the seconds of sound in a file of WavWriter, whatever its header says."""
    return _n_bytes(path) / SAMPLE_BYTES / SPEECH_RATE_HZ


def write_length(path: Path) -> None:
    """Make the header say what is there, also where a kill has left the file without its length."""
    with path.open("rb+") as file:
        file.write(_header(min(_n_bytes(path), UNKNOWN)))


def _n_bytes(path: Path) -> int:
    n = max(0, path.stat().st_size - HEADER.size)
    return n - n % SAMPLE_BYTES


def _header(n_bytes: int) -> bytes:
    riff_bytes = min(n_bytes + HEADER.size - 8, UNKNOWN)
    form = (16, 1, 1, SPEECH_RATE_HZ, SPEECH_RATE_HZ * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    return HEADER.pack(b"RIFF", riff_bytes, b"WAVE", b"fmt ", *form, b"data", n_bytes)
