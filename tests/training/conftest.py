"""Speech made on the spot: a buzz with formants that move, in syllables."""

import numpy as np
import pytest
import torch

from app.audio.waveform import Samples


def speak_like(seed: int, seconds: float = 2.0) -> Samples:
    rng = np.random.default_rng(seed)
    n = int(seconds * 16_000)
    time = np.arange(n) / 16_000
    pitch = 120 + 30 * np.sin(2 * np.pi * (0.7 + 0.1 * seed) * time) + 10 * rng.random()
    phase = 2 * np.pi * np.cumsum(pitch) / 16_000
    voice = sum(np.sin(k * phase) / k * np.exp(-(((k * 130 - 700) / 900) ** 2)) for k in range(1, 25))
    syllables = np.clip(np.sin(2 * np.pi * 3 * time) + 0.4, 0, None)
    sound = voice * syllables + 1e-4 * rng.standard_normal(n)
    return np.asarray(0.4 * sound / np.abs(sound).max(), np.float32)


def noisy(sound: Samples, snr_db: float) -> Samples:
    noise = np.random.default_rng(2).standard_normal(len(sound))
    power = np.mean(sound**2) * 10 ** (-snr_db / 10)
    return np.asarray(sound + noise * np.sqrt(power), np.float32)


@pytest.fixture(scope="session")
def clean() -> Samples:
    return speak_like(1)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Two threads on a busy machine make small nets many times slower."""
    torch.set_num_threads(1)
