"""Repair of recordings of any length: window by window, in bounded memory, and only where there is damage."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from app.audio.waveform import Samples
from app.nets.front import mend
from app.nets.repair import SAMPLE_RATE, RepairNet

_FRAME = 320  # 20 ms
_MUTED_FRAMES = 25


@dataclass(frozen=True, slots=True)
class RepairOptions:
    """How far the net is trusted.

    Speech without noise swings: its loud frames (90th percentile) stand far above its quiet ones (10th). The
    net works fully where they are less than `noisy_db` apart, not at all above `clean_db`, mixed in between.
    """

    window_s: float = 8.0
    overlap_s: float = 1.0
    noisy_db: float = 26.0
    clean_db: float = 34.0


class Repairer:
    """Mends gaps and clipped peaks, then lets the net take away noise and echo. 16 kHz mono."""

    def __init__(self, net: RepairNet, options: RepairOptions | None = None) -> None:
        self.net = net.eval()
        self.options = options or RepairOptions()

    def repair(self, samples: Samples) -> Samples:
        """Repair (n,) samples at once in memory."""
        whole = len(samples) / SAMPLE_RATE

        def cut(start_s: float, end_s: float) -> Samples:
            return samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]

        pieces = list(self.stream(cut, whole))
        return np.concatenate(pieces) if pieces else samples

    def stream(self, cut: Callable[[float, float], Samples], duration_s: float) -> Iterator[Samples]:
        """Yield the repaired sound piece by piece. `cut` gives the samples between two times in seconds.

        Windows overlap and are cross-faded, so that no seam is heard and no more than two are in memory.
        """
        step_s = self.options.window_s - self.options.overlap_s
        overlap = round(self.options.overlap_s * SAMPLE_RATE)
        fade = np.linspace(0, 1, overlap + 2, dtype=np.float32)[1:-1]
        tail: Samples | None = None
        start = 0.0
        while start < duration_s:
            end = min(duration_s, start + self.options.window_s)
            last = end >= duration_s
            repaired = self.window(cut(start, end))
            if tail is not None:
                n = min(len(tail), len(repaired))
                repaired[:n] = (1 - fade[:n]) * tail[:n] + fade[:n] * repaired[:n]
            if last:
                yield repaired
                return
            tail = repaired[-overlap:].copy()
            yield repaired[:-overlap]
            start += step_s

    def window(self, samples: Samples) -> Samples:
        """Repair one window on its own."""
        mended = mend(samples)
        share = self.trust(mended.samples)
        if share == 0:
            return mended.samples.copy()
        flags = (mended.gaps.astype(np.float32), mended.clipped.astype(np.float32))
        device = self.net.window.device
        wave, gaps, clipped = (torch.from_numpy(x)[None].to(device) for x in (mended.samples, *flags))
        with torch.inference_mode():
            repaired = self.net(wave, gaps, clipped)[0].cpu().numpy()
        return np.asarray(share * repaired + (1 - share) * mended.samples, np.float32)

    def trust(self, samples: Samples) -> float:
        """Return the share of the net's output, by the swing of the sound."""
        swing = swing_db(samples)
        low, high = self.options.noisy_db, self.options.clean_db
        return float(np.clip((high - swing) / max(1e-6, high - low), 0, 1))


def swing_db(samples: Samples) -> float:
    """Return how far loud 20 ms frames stand above quiet ones, in dB; silence counts as -100 dB."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    heard = power[~_muted(power == 0)]
    if len(heard) < 10:
        return float("inf")  # nothing to repair
    quiet, loud = np.percentile(10 * np.log10(heard + 1e-10), [10, 90])
    return float(loud - quiet)


def _muted(silent: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Mark long runs of digital silence: a muted microphone says nothing of the noise around it."""
    muted = np.zeros_like(silent)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
    for first, last in edges.reshape(-1, 2):
        muted[first:last] = last - first > _MUTED_FRAMES
    return muted
