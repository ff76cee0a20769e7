"""Finds clicks by linear prediction; `restoration` bridges them.

The residual of a linear predictor holds clicks (Godsill and Rayner, "Digital Audio Restoration", 1998,
section 5.1). It holds the pulses of a voice too, but those follow each other closely; a click stands alone.
"""

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_toeplitz
from scipy.ndimage import maximum_filter1d
from scipy.signal import lfilter

from app.audio.waveform import Samples

Runs = npt.NDArray[np.int64]

_ORDER, _BLOCK = 24, 1024
_LENGTH = 48  # samples that are replaced, 3 ms
_AROUND = 320  # samples on each side in which nothing else may stand out, 20 ms: a voice pulses more often
# On training speech: 86 % of clicks are found, and in 197 s of clean speech four that are none
_LONELY = 2.0  # times the highest around
_SUDDEN = 8.0  # times the median around
_LOUD = 0.2  # of the peak


def find_clicks(samples: Samples) -> Runs:
    """Return (k, 2) first and past-the-last samples of clicks in (n,) samples at 16 kHz."""
    if len(samples) < 2 * _BLOCK or not samples.any():
        return np.zeros((0, 2), np.int64)
    left = np.abs(residual(samples))
    left[:_AROUND] = left[-_AROUND:] = 0  # the ends of a cut stretch look like clicks
    summits = (left == maximum_filter1d(left, _LENGTH + 1)) & (left > _LOUD * np.abs(samples).max())
    found = []
    for at in np.flatnonzero(summits):
        before, after = left[max(0, at - _AROUND) : max(0, at - 16)], left[at + _LENGTH + 8 :][:_AROUND]
        around = np.concatenate([before, after])
        if left[at] > max(_LONELY * around.max(), _SUDDEN * np.median(around)):
            found.append((max(1, at - 2), min(len(samples) - 1, at + _LENGTH - 2)))
    return np.array(found, np.int64).reshape(-1, 2)


def residual(samples: Samples) -> npt.NDArray[np.float64]:
    """Return what is left of (n,) samples when each block is foretold from its own past."""
    left, step = np.zeros(len(samples)), _BLOCK // 2
    for start in range(0, len(samples), step):
        block = samples[max(0, start - step // 2) :][:_BLOCK].astype(np.float64)
        if len(block) < 2 * _ORDER or not block.any():
            continue
        power = np.abs(np.fft.rfft(block * np.hanning(len(block)), 2 * _BLOCK)) ** 2
        correlation = np.fft.irfft(power)[: _ORDER + 1]
        correlation[0] = 1.0001 * correlation[0] + 1e-9
        predictor = solve_toeplitz(correlation[:-1], correlation[1:])
        past = min(start, _ORDER)
        heard = samples[start - past : start + step].astype(np.float64)
        left[start : start + step] = lfilter(np.concatenate([[1.0], -predictor]), [1.0], heard)[past:]
    return left
