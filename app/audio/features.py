"""Log-mel features of sound, in numpy, for the vectors of `engines/logmel.py`."""

from functools import cache

import numpy as np
import numpy.typing as npt

from app.audio.waveform import SPEECH_RATE_HZ, Samples

FRAME = 400  # 25 ms at 16 kHz
HOP = 160  # 10 ms at 16 kHz
FLOOR_DB = -100.0

Features = npt.NDArray[np.float32]


@cache
def mel_filters(n_mels: int, n_fft: int, sample_rate: int) -> Features:
    """Return triangular filters on the mel scale of O'Shaughnessy (1987): (n_mels, n_fft // 2 + 1)."""
    top = 2595 * np.log10(1 + sample_rate / 2 / 700)
    corners = 700 * (10 ** (np.linspace(0, top, n_mels + 2) / 2595) - 1)
    bins = np.linspace(0, sample_rate / 2, n_fft // 2 + 1)
    rise = (bins - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    fall = (corners[2:, None] - bins) / (corners[2:] - corners[1:-1])[:, None]
    return np.maximum(0, np.minimum(rise, fall)).astype(np.float32)


def log_mel(samples: Samples, n_mels: int, sample_rate: int = SPEECH_RATE_HZ, n_fft: int = 1024) -> Features:
    """Return log-mel energies in dB: (frames, n_mels), a frame of 25 ms every 10 ms.

    samples: (n,); shorter than one frame: padded with silence.
    """
    short = FRAME - len(samples)
    padded = np.pad(samples, (0, short)) if short > 0 else samples
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(FRAME).astype(np.float32), n_fft)) ** 2
    energies = spectrum.astype(np.float32) @ mel_filters(n_mels, n_fft, sample_rate).T
    decibels = 10 * np.log10(np.maximum(energies, 10 ** (FLOOR_DB / 10)))
    return np.asarray(decibels, np.float32)
