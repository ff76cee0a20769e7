"""Waveform, Sound, Span: sound as numbers, as every engine takes and gives it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
SPEECH_RATE_HZ = 16_000  # what recognizers, our own nets and the live stream compute with


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in seconds from the start of the recording."""

    start: float
    end: float

    @property
    def duration_s(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """Sound in memory.

    samples: (channels, n) float32 in [-1, 1]; sample_rate: Hz.
    """

    samples: Samples
    sample_rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError(
                f"samples must be (channels, n) float32, not {self.samples.shape} {self.samples.dtype}"
            )
        if self.sample_rate <= 0:
            raise ValueError(f"sample_rate must be positive, not {self.sample_rate}")

    @property
    def duration_s(self) -> float:
        return int(self.samples.shape[1]) / self.sample_rate

    def mono(self) -> Samples:
        """Return the mean of the channels: (n,) float32."""
        mean: Samples = (
            self.samples[0] if len(self.samples) == 1 else self.samples.mean(axis=0, dtype=np.float32)
        )
        return mean

    def cut(self, start_s: float, end_s: float) -> "Waveform":
        """Return the stretch from `start_s` to `end_s`, clipped to what is there."""
        first, last = (round(max(0.0, t) * self.sample_rate) for t in (start_s, end_s))
        return Waveform(self.samples[:, first:last], self.sample_rate)


class Sound(Protocol):
    """A recording that is read piece by piece: a Waveform, or a WavFile far larger than memory."""

    @property
    def sample_rate(self) -> int: ...

    @property
    def duration_s(self) -> float: ...

    def cut(self, start_s: float, end_s: float) -> Waveform: ...
