"""The baseline that a net has to beat: a Wiener filter with a noise floor from minimum statistics."""

import numpy as np
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import istft, stft

from app.audio.waveform import Samples

_FLOOR = 0.1  # -20 dB: what is left of noise, so that no musical tones stand out
_BIAS = 2.0  # the mean of smoothed noise power over its minimum (Martin 2001, here for 1.2 s and 80 ms)


def wiener(samples: Samples) -> Samples:
    """Filter (n,) samples at 16 kHz."""
    _, _, spectrum = stft(samples, nperseg=512, noverlap=384)
    power = np.abs(spectrum) ** 2
    smooth = uniform_filter1d(power, 10, axis=1, mode="nearest")
    noise = _BIAS * minimum_filter1d(smooth, 150, axis=1, mode="nearest")
    prior = np.maximum(uniform_filter1d(power, 3, axis=1, mode="nearest") / (noise + 1e-12) - 1, 0)
    gain = np.maximum(prior / (1 + prior), _FLOOR)
    _, filtered = istft(spectrum * gain, nperseg=512, noverlap=384)
    result = np.zeros(len(samples), np.float32)
    n = min(len(samples), len(filtered))
    result[:n] = filtered[:n]
    return result
