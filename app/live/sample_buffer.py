"""The sound of a stream that is still needed: appended and forgotten in blocks, never copied as a whole."""

import threading
from collections import deque

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples

BLOCK = SPEECH_RATE_HZ  # samples: a second


class SampleBuffer:
    """Samples at absolute places: one thread appends, another reads and forgets. Blocks are used again."""

    def __init__(self) -> None:
        self._blocks: deque[Samples] = deque()
        self._spare: list[Samples] = []
        self._first = 0  # the place of the first block
        self._lock = threading.Lock()
        self.end = 0

    @property
    def held(self) -> int:
        """How many samples there is room for now."""
        return len(self._blocks) * BLOCK

    def append(self, samples: Samples) -> None:
        with self._lock:
            done = 0
            while done < len(samples):
                room = self._first + len(self._blocks) * BLOCK - self.end
                if not room:
                    self._blocks.append(self._spare.pop() if self._spare else np.empty(BLOCK, np.float32))
                    room = BLOCK
                n = min(room, len(samples) - done)
                self._blocks[-1][BLOCK - room : BLOCK - room + n] = samples[done : done + n]
                self.end += n
                done += n

    def read(self, start: int, end: int) -> Samples:
        """Return a copy of the samples from `start` to `end`, which must still be here."""
        with self._lock:
            if not self._first <= start <= end <= self.end:
                raise IndexError(f"{start}..{end} is not within {self._first}..{self.end}")
            target = np.empty(end - start, np.float32)
            at = start
            while at < end:
                index, offset = divmod(at - self._first, BLOCK)
                n = min(BLOCK - offset, end - at)
                target[at - start : at - start + n] = self._blocks[index][offset : offset + n]
                at += n
            return target

    def forget(self, before: int) -> None:
        """Give up what lies before `before`, as far as it fills whole blocks."""
        with self._lock:
            while self._blocks and self._first + BLOCK <= min(before, self.end):
                block = self._blocks.popleft()
                if len(self._spare) < 2:
                    self._spare.append(block)
                self._first += BLOCK
