"""Restores gaps, clicks and clipped peaks of a wave, before the repair net sees it.

Gaps: autoregressive extrapolation from both sides, cross-faded (Kauppinen and Roth, "Audio signal
extrapolation", DAFx 2002). Clipped peaks: a cubic through the values and slopes at both ends that never falls
below the clip level.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from app.audio.waveform import Samples
from app.nets.clicks import Runs, find_clicks

_MIN_GAP = 32  # samples at 16 kHz, 2 ms: shorter runs of zeros are silence, not lost packets
_MAX_GAP = 1600  # 100 ms: longer ones are digital silence that somebody put there
_ORDER = 256  # spans a pitch period of 62 Hz and above
_CONTEXT = 1536  # samples on each side from which the extrapolation is learned
_SLOPE = 0.85  # of the slope at the edges; tuned on training speech clipped at .08 to .5 of its peak
_NEAR_PEAK = 0.9995  # samples this close to the highest level count as flat
_MIN_CLIPPED = 0.0008  # share of samples in flat tops below which nothing was clipped


@dataclass(frozen=True, slots=True, eq=False)
class Mended:
    """samples: (n,); gaps (and clicks), clipped: (n,) bool, where something was bridged."""

    samples: Samples
    gaps: npt.NDArray[np.bool_]
    clipped: npt.NDArray[np.bool_]


def mend(samples: Samples) -> Mended:
    """Bridge the gaps, clicks and clipped peaks of (n,) samples at 16 kHz."""
    gap_runs, clip_runs = find_gaps(samples), find_clipped(samples)
    mended = bridge_clipped(samples, clip_runs) if len(clip_runs) else samples
    if len(gap_runs):
        mended = bridge_gaps(mended, gap_runs)
    for _ in range(2):  # the second pass finds clicks that a louder one hid
        for run in find_clicks(mended):
            mended, gap_runs = bridge_gaps(mended, run[None]), np.concatenate([gap_runs, run[None]])
    return Mended(mended, _mask(gap_runs, len(samples)), _mask(clip_runs, len(samples)))


def find_gaps(samples: Samples) -> Runs:
    """Return (k, 2) first and past-the-last samples of runs of exact zeros that interrupt sound."""
    runs = _runs(samples == 0)
    length = runs[:, 1] - runs[:, 0]
    inside = (runs[:, 0] > 0) & (runs[:, 1] < len(samples))
    runs = runs[(length >= _MIN_GAP) & (length <= _MAX_GAP) & inside]
    return runs[[_torn(samples, first) for first in runs[:, 0]]] if len(runs) else runs


def find_clipped(samples: Samples) -> Runs:
    """Return (k, 2) first and past-the-last samples of flat tops."""
    peak = float(np.abs(samples).max()) if len(samples) else 0.0
    none = np.zeros((0, 2), np.int64)
    if peak == 0:
        return none
    high, low = _runs(samples >= _NEAR_PEAK * samples.max()), _runs(samples <= _NEAR_PEAK * samples.min())
    runs = np.concatenate([high, low if samples.min() < 0 else none])
    runs = runs[(runs[:, 1] - runs[:, 0] >= 3) & (runs[:, 0] > 1) & (runs[:, 1] < len(samples) - 2)]
    return runs if (runs[:, 1] - runs[:, 0]).sum() >= _MIN_CLIPPED * len(samples) else none


def _torn(samples: Samples, first: int) -> bool:
    """Tell a lost packet from digital silence: the sound stops in full swing."""
    around = samples[max(0, first - 320) : first]
    quiet = max(0.02 * float(np.abs(samples).mean()), 0.1 * float(np.sqrt(np.mean(np.square(around)))))
    return float(np.abs(around[-3:]).max()) > quiet


def bridge_clipped(samples: Samples, runs: Runs) -> Samples:
    """Replace each flat top by the cubic that meets both ends in value and slope."""
    mended = samples.astype(np.float32, copy=True)
    for first, last in runs:
        left, right = samples[first - 1], samples[last]
        width = last - first + 1
        slope_left = _SLOPE * (left - samples[first - 2]) * width
        slope_right = _SLOPE * (samples[last + 1] - right) * width
        t = np.arange(1, width, dtype=np.float32) / width
        cubic = (
            (2 * t**3 - 3 * t**2 + 1) * left
            + (t**3 - 2 * t**2 + t) * slope_left
            + (3 * t**2 - 2 * t**3) * right
            + (t**3 - t**2) * slope_right
        )
        level = samples[first]
        top = 2 * abs(level)  # a steep edge must not throw the curve far out
        mended[first:last] = np.clip(cubic, level, top) if level > 0 else np.clip(cubic, -top, level)
    return mended


def bridge_gaps(samples: Samples, runs: Runs) -> Samples:
    """Continue the sound into each gap from both sides and cross-fade."""
    mended = samples.astype(np.float32, copy=True)
    for first, last in runs:
        n = int(last - first)
        forth = _extrapolate(mended[max(0, first - _CONTEXT) : first], n)
        back = _extrapolate(samples[last : last + _CONTEXT][::-1], n)[::-1]
        fade = np.sin(np.linspace(0, np.pi / 2, n + 2)[1:-1]) ** 2
        mended[first:last] = (1 - fade) * forth + fade * back
    return mended


def _extrapolate(context: Samples, n: int) -> Samples:
    """Continue (m,) samples by n more, with an autoregressive model of the context."""
    order = min(_ORDER, len(context) // 3)
    if order < 8 or not np.any(context):
        return np.zeros(n, np.float32)
    windowed = (context * np.hanning(len(context) * 2)[: len(context)]).astype(np.float64)
    size = 1 << (2 * len(windowed) - 1).bit_length()
    spectrum = np.fft.rfft(windowed, size)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: order + 1]
    correlation[0] *= 1.0001  # keeps the filter stable
    predictor = solve_toeplitz(correlation[:-1], correlation[1:])
    denominator = np.concatenate([[1.0], -predictor])
    # lfilter's state after having seen the context as its own output (transposed direct form II)
    recent = context[-order:][::-1].astype(np.float64)
    state = np.array([np.dot(predictor[i:], recent[: order - i]) for i in range(order)])
    continued, _ = lfilter([1.0], denominator, np.zeros(n), zi=state)
    return np.asarray(continued, np.float32)


def _runs(flags: npt.NDArray[np.bool_]) -> Runs:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return edges.reshape(-1, 2)


def _mask(runs: Runs, n: int) -> npt.NDArray[np.bool_]:
    mask = np.zeros(n, np.bool_)
    for first, last in runs:
        mask[first:last] = True
    return mask
