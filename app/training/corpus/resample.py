"""Changes the sample rate of whole sounds in memory; the lab reads every recording through it."""

from math import gcd

import numpy as np
from scipy.signal import resample_poly

from app.audio.waveform import SPEECH_RATE_HZ, Samples


def resample(samples: Samples, source_hz: int, target_hz: int = SPEECH_RATE_HZ) -> Samples:
    """Change the sample rate of (n,) samples."""
    if source_hz == target_hz:
        return samples
    factor = gcd(source_hz, target_hz)
    result: Samples = resample_poly(samples, target_hz // factor, source_hz // factor).astype(np.float32)
    return result
