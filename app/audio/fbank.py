"""Log-mel energies as Kaldi's `compute-fbank-feats` makes them without dither: what CAM++ learned on."""

from functools import cache

import numpy as np
import numpy.typing as npt

from app.audio.waveform import SPEECH_RATE_HZ, Samples

Features = npt.NDArray[np.float32]
FRAME, HOP, N_FFT = 400, 160, 512  # 25 ms every 10 ms
FRAMES_PER_S = SPEECH_RATE_HZ // HOP
_PRE_EMPHASIS, _LOW_HZ, _FLOOR = 0.97, 20.0, float(np.finfo(np.float32).eps)


def fbank(samples: Samples, n_mels: int = 80) -> Features:
    """Return log-mel energies of 16 kHz sound.

    Args:
        samples: (n,) in [-1, 1].

    Returns:
        (1 + (n - FRAME) // HOP, n_mels); of less than one frame nothing.
    """
    n_frames = 1 + (len(samples) - FRAME) // HOP
    if n_frames < 1:
        return np.empty((0, n_mels), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP][:n_frames]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    window = np.hanning(FRAME).astype(np.float32) ** 0.85  # Povey's
    spectrum = np.fft.rfft((frames - np.float32(_PRE_EMPHASIS) * before) * window, N_FFT)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    energies = power[:, : N_FFT // 2] @ _mel_filters(n_mels).T
    return np.log(np.maximum(energies, _FLOOR)).astype(np.float32)


@cache
def _mel_filters(n_mels: int) -> npt.NDArray[np.float64]:
    """Return triangles evenly spaced in mel, (n_mels, N_FFT / 2)."""

    def mel(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return 1127.0 * np.log(1.0 + hz / 700.0)

    low, high = mel(np.array([_LOW_HZ, SPEECH_RATE_HZ / 2])).tolist()
    edges = np.linspace(low, high, n_mels + 2)
    bins = mel(np.arange(N_FFT // 2) * SPEECH_RATE_HZ / N_FFT)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters: npt.NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling))
    return filters
