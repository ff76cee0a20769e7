"""Builds the sounds that noises and damage are made of: shaped spectra, resonances, slow contours."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, lfilter, sosfilt

from app.audio.waveform import SPEECH_RATE_HZ, Samples

Rng = np.random.Generator
Array = npt.NDArray[np.floating]


def shaped(n: int, rng: Rng, gain_at: Callable[[Samples], Array]) -> Samples:
    """Return white noise whose spectrum is multiplied by `gain_at(Hz)`."""
    size = 1 << (n - 1).bit_length()
    spectrum = np.fft.rfft(rng.standard_normal(size, dtype=np.float32))
    hz = np.fft.rfftfreq(size, 1 / SPEECH_RATE_HZ).astype(np.float32)
    return np.asarray(np.fft.irfft(spectrum * gain_at(hz))[:n], np.float32)


def slow(n: int, rng: Rng, hz: float) -> Samples:
    """Return a random contour that changes about `hz` times a second: unit variance, zero mean."""
    knots = rng.standard_normal(max(4, int(n / SPEECH_RATE_HZ * hz) + 3))
    return np.interp(np.linspace(0, len(knots) - 1, n), np.arange(len(knots)), knots).astype(np.float32)


def resonate(sound: Array, hz: float, width_hz: float) -> Samples:
    """Pass sound through one resonance."""
    radius = np.exp(-np.pi * width_hz / SPEECH_RATE_HZ)
    a = [1, -2 * radius * np.cos(2 * np.pi * hz / SPEECH_RATE_HZ), radius**2]
    return np.asarray(lfilter([1 - radius], a, sound), np.float32)


def unit(sound: Array) -> Samples:
    """Scale to unit power."""
    return np.asarray(sound / np.sqrt(np.mean(np.square(sound, dtype=np.float64)) + 1e-12), np.float32)


def recoloured(sound: Samples, rng: Rng, spread_db: float) -> Samples:
    """Bend the spectrum of (n,) samples at random, smoothly, by `spread_db` (one deviation)."""
    size = 1 << (len(sound) - 1).bit_length()
    hz = np.fft.rfftfreq(size, 1 / SPEECH_RATE_HZ)
    bend = np.interp(hz, np.geomspace(60, 8000, 7), rng.normal(0, spread_db, 7))
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * 10 ** (bend / 20))[: len(sound)], np.float32)


def low_pass(sound: Samples, hz: float) -> Samples:
    """Cut above `hz` without moving anything in time: a Butterworth of order 6, forth and back."""
    sos = butter(6, hz, fs=SPEECH_RATE_HZ, output="sos")
    forth = sosfilt(sos, sound)
    return np.asarray(sosfilt(sos, forth[::-1])[::-1], np.float32)
