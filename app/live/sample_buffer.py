"""The sound of a stream that is still needed, in one array whose beginning is forgotten."""

import threading

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples

ROOM = 2 * SPEECH_RATE_HZ  # samples that there is room for at least: two seconds


class SampleBuffer:
    """Samples at absolute places of a stream: one thread appends, another reads and forgets."""

    def __init__(self) -> None:
        self._samples: Samples = np.empty(ROOM, np.float32)
        self._first = 0  # the place of the first sample of the array
        self._needed = 0  # the place before which nothing is needed
        self._lock = threading.Lock()
        self.end = 0

    @property
    def held(self) -> int:
        """How many samples there is room for now."""
        return len(self._samples)

    def append(self, samples: Samples) -> None:
        with self._lock:
            if self.end - self._first + len(samples) > len(self._samples):
                self._make_room(len(samples))
            at = self.end - self._first
            self._samples[at : at + len(samples)] = samples
            self.end += len(samples)

    def read(self, start: int, end: int) -> Samples:
        """Return a copy of the samples from `start` to `end`, which must still be here."""
        with self._lock:
            if not self._needed <= start <= end <= self.end:
                raise IndexError(f"{start}..{end} is not within {self._needed}..{self.end}")
            return self._samples[start - self._first : end - self._first].copy()

    def forget(self, before: int) -> None:
        """Give up what lies before `before`."""
        with self._lock:
            self._needed = max(self._needed, min(before, self.end))

    def _make_room(self, n: int) -> None:
        """Move what is needed to an array twice as long, so that a sample is moved once or twice in all."""
        needed = self._samples[self._needed - self._first : self.end - self._first]
        self._samples = np.empty(max(ROOM, 2 * (len(needed) + n)), np.float32)
        self._samples[: len(needed)] = needed
        self._first = self._needed
