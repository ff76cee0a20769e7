"""Mel spectrogram and loudness of speech for `metrics` and charts; trimming and levelling of recordings."""

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfiltfilt

from app.audio.waveform import SPEECH_RATE_HZ, Samples

HOP = 160  # 10 ms
_LOUDNESS_FRAME = 640  # 40 ms

Contour = npt.NDArray[np.float64]


def loudness(samples: Samples) -> Contour:
    """Return the linear RMS of 40 ms every 10 ms."""
    n = max(1, 1 + (len(samples) - _LOUDNESS_FRAME) // HOP)
    power = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    starts = np.arange(n) * HOP
    ends = np.minimum(starts + _LOUDNESS_FRAME, len(samples))
    rms: Contour = np.sqrt(np.maximum(0, power[ends] - power[starts]) / _LOUDNESS_FRAME)
    return rms


def log_mel(samples: Samples, n_mels: int = 80) -> npt.NDArray[np.float32]:
    """Return the (frames, n_mels) mel spectrogram in dB every 10 ms, not below -120 dB."""
    padded = np.pad(samples, 256)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 512)[::HOP] * np.hanning(512)
    power = np.abs(np.fft.rfft(frames)) ** 2
    return np.asarray(10 * np.log10(np.maximum(power @ mel_matrix(n_mels), 1e-12)), np.float32)


def mel_matrix(n_mels: int, n_fft: int = 512) -> Contour:
    """Return (bins, n_mels) triangles on O'Shaughnessy's mel scale."""
    top = 2595 * np.log10(1 + SPEECH_RATE_HZ / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, n_mels + 2) / 2595) - 1)
    hz = np.linspace(0, SPEECH_RATE_HZ / 2, n_fft // 2 + 1)[:, None]
    rising = (hz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hz) / (edges[2:] - edges[1:-1])
    triangles: Contour = np.maximum(0, np.minimum(rising, falling))
    return triangles


def heard(samples: Samples, below_peak_db: float = 45.0, keep_s: float = 0.05) -> tuple[int, int]:
    """Return the first and past-the-last sample without the silence at both ends, `keep_s` of it excepted."""
    level = loudness(samples)
    loud = np.flatnonzero(level > level.max() * 10 ** (-below_peak_db / 20))
    if level.max() == 0 or len(loud) == 0:
        return 0, len(samples)
    kept = round(keep_s * SPEECH_RATE_HZ)
    return max(0, int(loud[0]) * HOP - kept), min(len(samples), int(loud[-1]) * HOP + _LOUDNESS_FRAME + kept)


def trim(samples: Samples, below_peak_db: float = 45.0, keep_s: float = 0.05) -> Samples:
    """Cut the silence at both ends, `keep_s` of it excepted."""
    first, last = heard(samples, below_peak_db, keep_s)
    return samples[first:last]


def levelled(samples: Samples, peak: float = 0.9) -> Samples:
    """Take away what no voice has (offset, rumble below 50 Hz), bring to one level."""
    sound = np.asarray(
        sosfiltfilt(butter(2, 50, "highpass", fs=SPEECH_RATE_HZ, output="sos"), samples), np.float32
    )
    highest = float(np.abs(sound).max())
    return sound * np.float32(peak / highest) if highest > 0 else sound


def clean(samples: Samples, peak: float = 0.9) -> Samples:
    """Filter, level and trim a recording."""
    return trim(levelled(samples, peak))
