"""Clean speech with Demucs: the vocals of a recording, streamed.

Hybrid Transformer Demucs, Rouard et al. 2023 (arXiv 2211.08553). The result is that of
`demucs.api.Separator` with shifts=0, but only the vocals are made, only the sub-models that make them
run, segments are batched, and memory does not grow with the recording.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from app.audio.overlap import OverlapAdd
from app.audio.waveform import Samples, Sound, Waveform
from app.engines.compute.device import Device, Priority
from app.engines.compute.precision import Precision
from app.engines.demucs.vocal_nets import VocalNets
from app.engines.weights.identity import files_identity
from app.progress import Progress

_STATISTICS_S = 30  # seconds read at once while the level is measured


@dataclass(frozen=True, slots=True)
class DemucsOptions:
    """overlap: of neighbouring segments, 0..0.5; batch: segments in one pass."""

    overlap: float = 0.1
    batch: int = 1
    precision: Precision = "fp32"


class Demucs:
    """A Separator on Demucs' checkpoints in `folder`. Load it on the device's thread.

    Raises:
        EngineUnavailable: weights are missing or damaged.
    """

    def __init__(self, name: str, folder: Path, device: Device, options: DemucsOptions) -> None:
        self.name = f"Demucs {name}"
        self.device = device
        self._nets = VocalNets(name, folder, device.name, options.precision, options.batch)
        self.identity = f"{self.name} {options} {files_identity(folder)}"
        self.sample_rate, self.channels = self._nets.sample_rate, self._nets.channels
        self.segment = self._nets.segment
        self.stride = int((1 - options.overlap) * self.segment)

    def separate(
        self, sound: Sound, write: Callable[[Waveform], None], progress: Progress, start: int = 0
    ) -> None:
        """Hand the vocals of `sound` to `write`, piece by piece and in order.

        Args:
            sound: of this engine's `sample_rate`; a mono recording is spread to all channels.
            start: a multiple of the stride. The segment before it, which reaches over it, is made again.
        """
        n = round(sound.duration_s * self.sample_rate)
        mean, std = self._level(sound, progress)
        joined = OverlapAdd(self.channels, self.segment, self.stride)
        written = max(0, start - self.stride)
        for lengths, windows in self._batches(sound, range(written, n, self.stride), n, mean, std):
            check = partial(progress, max(start, written) / n)
            vocals = self.device.turn(Priority.BATCH, partial(self._nets.vocals, windows, check))
            for length, estimate in zip(lengths, vocals, strict=True):
                first = (estimate.shape[-1] - length) // 2
                done = joined.add(estimate[:, first : first + length]) * std + mean
                if written >= start:
                    write(Waveform(done.astype(np.float32, copy=False), self.sample_rate))
                written += done.shape[1]
            progress(max(start, written) / n)

    def _level(self, sound: Sound, progress: Progress) -> tuple[np.float32, np.float32]:
        """Measure mean and standard deviation of the mono mix, as `Separator.separate_tensor` does."""
        n, total, squares = 0, 0.0, 0.0
        at = 0.0
        while at < sound.duration_s:
            piece = sound.cut(at, at + _STATISTICS_S).mono().astype(np.float64)
            n, total, squares = n + len(piece), total + piece.sum(), squares + (piece**2).sum()
            at += _STATISTICS_S
            progress(0.0)
        mean = total / max(1, n)
        variance = max(0.0, squares - n * mean**2) / max(1, n - 1)
        return np.float32(mean), np.float32(np.sqrt(variance) + 1e-8)

    def _batches(
        self, sound: Sound, offsets: range, n: int, mean: np.float32, std: np.float32
    ) -> Iterator[tuple[list[int], Samples]]:
        """Yield (length of each segment, their windows (B, channels, n)); equal windows share a batch.

        offsets: where segments begin, of `n` samples.
        """
        lengths: list[int] = []
        windows: list[Samples] = []
        for offset in offsets:
            length = min(self.segment, n - offset)
            window = self._window(sound, offset, length, mean, std)
            if windows and (len(windows) >= self._nets.batch or windows[0].shape != window.shape):
                yield lengths, np.stack(windows)
                lengths, windows = [], []
            lengths.append(length)
            windows.append(window)
        if windows:
            yield lengths, np.stack(windows)

    def _window(self, sound: Sound, offset: int, length: int, mean: np.float32, std: np.float32) -> Samples:
        """Read a segment with what stands around it, to the length that the network takes, normalised."""
        valid = self._nets.valid_length(length)
        first = offset - (valid - length) // 2
        rate = self.sample_rate
        found = sound.cut(max(0, first) / rate, (first + valid) / rate).samples
        window = np.zeros((self.channels, valid), np.float32)
        left = max(0, -first)
        window[:, left : left + found.shape[1]] = (found - mean) / std  # silence around it stays 0
        return window
