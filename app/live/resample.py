"""Sound in packets of any rate becomes 16 kHz, as if it had come in one piece."""

from math import gcd
from typing import Any

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples

ZEROS = 16  # zero crossings of the sinc on each side; scipy's resample_poly takes 10
PIECE_S = (
    0.1  # filtered together: each call of scipy prepares the filter anew, which costs more than a packet
)


class Resampler:
    """A polyphase filter that keeps what its next outputs need: the same result for any cut into packets.

    Args:
        rate: Hz of what comes.
    """

    def __init__(self, rate: int) -> None:
        divisor = gcd(rate, SPEECH_RATE_HZ)
        self._up, self._down = SPEECH_RATE_HZ // divisor, rate // divisor
        if self._up == self._down:
            return
        from scipy import signal

        self._upfirdn: Any = signal.upfirdn
        widest = max(self._up, self._down)
        self._half = -(-ZEROS * widest // self._down) * self._down  # so that places come out on whole steps
        window = signal.firwin(2 * self._half + 1, 1 / widest, window=("kaiser", 8.0))
        self._filter = (window * self._up).astype(np.float32)
        # Half a filter of silence before the first sample, in whole steps so that phases stay as they are.
        self._reach = -(-self._half // (self._up * self._down)) * self._down
        self._kept: Samples = np.zeros(self._reach, np.float32)
        self._piece = 2 * self._reach + round(rate * PIECE_S)

    def feed(self, samples: Samples) -> Samples:
        """Return what can be said already; the rest comes with the next packets or with `flush`."""
        if self._up == self._down:
            return samples
        self._kept = np.concatenate([self._kept, samples])
        return self._filtered() if len(self._kept) >= self._piece else np.empty(0, np.float32)

    def flush(self) -> Samples:
        """Return the rest at the end of the stream."""
        if self._up == self._down:
            return np.empty(0, np.float32)
        self._kept = np.concatenate([self._kept, np.zeros(self._reach + self._down, np.float32)])
        return self._filtered()

    def _filtered(self) -> Samples:
        kept = self._kept
        # Of `kept`, the outputs at input places reach … len - reach see a whole filter on both sides.
        steps = max(0, (len(kept) - 2 * self._reach) // self._down)
        if not steps:
            return np.empty(0, np.float32)
        used = steps * self._down
        full = self._upfirdn(self._filter, kept[: used + 2 * self._reach], self._up, self._down)
        # Input place p comes out, delayed by half a filter, at (p * up + half) / down.
        first = (self._reach * self._up + self._half) // self._down
        self._kept = kept[used:]
        out: Samples = full[first : first + steps * self._up].astype(np.float32)
        return out
