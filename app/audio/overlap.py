"""Overlap-add as a stream, for Demucs: segments go in, finished sound comes out, and memory does not grow."""

import numpy as np

from app.audio.waveform import Samples


class OverlapAdd:
    """Join overlapping segments by a triangular weight.

    The weights are those of Demucs (`demucs.apply.apply_model`, transition_power 1), normalised by
    their sum, so that the result does not depend on where the stream is cut.

    Args:
        n_channels: of every segment; segment: samples in one; stride: samples from one to the next.
    """

    def __init__(self, n_channels: int, segment: int, stride: int) -> None:
        if not 0 < stride <= segment:
            raise ValueError(f"stride must be within 1..{segment}, not {stride}")
        rise = np.arange(1, segment // 2 + 1, dtype=np.float32)
        fall = np.arange(segment - segment // 2, 0, -1, dtype=np.float32)
        weight = np.concatenate([rise, fall])
        self._weight = weight / weight.max()
        self._stride = stride
        self._sum = np.zeros((n_channels, segment), np.float32)
        self._weights = np.zeros(segment, np.float32)

    def add(self, samples: Samples) -> Samples:
        """Take the next segment, (channels, up to `segment`); return the stride that is finished now."""
        n = samples.shape[1]
        self._sum[:, :n] += self._weight[:n] * samples
        self._weights[:n] += self._weight[:n]
        return self._shift(min(self._stride, n))

    def _shift(self, n: int) -> Samples:
        done: Samples = self._sum[:, :n] / self._weights[:n]
        for buffer in (self._sum, self._weights):
            buffer[..., :-n] = buffer[..., n:].copy()
            buffer[..., -n:] = 0
        return done
