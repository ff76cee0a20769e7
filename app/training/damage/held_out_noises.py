"""The kinds of noise that nets are validated and judged on, and never trained on. As in `training_noises`."""

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ
from app.training.damage.spectrum import Array, Rng, resonate, shaped, slow
from app.training.damage.training_noises import coloured_unit


def rain(n: int, rng: Rng) -> Array:
    """A hiss of drops, each a tiny filtered impulse."""
    drops = (rng.random(n) < rng.uniform(0.01, 0.05)) * rng.lognormal(0, 1, n)
    return resonate(drops.astype(np.float32), rng.uniform(2500, 5000), 2500) + np.float32(0.3) * shaped(
        n, rng, lambda hz: np.sqrt(hz / 8000)
    )


def siren(n: int, rng: Rng) -> Array:
    """A tone that sweeps up and down, with harmonics."""
    time = np.arange(n, dtype=np.float32) / SPEECH_RATE_HZ
    sweep = 900 + 350 * np.sin(2 * np.pi * rng.uniform(0.3, 3) * time + rng.uniform(0, 6.3))
    phase = 2 * np.pi * np.cumsum(sweep) / SPEECH_RATE_HZ
    return sum((np.sin(k * phase) / k for k in (1, 2, 3)), np.zeros(n)) + 0.1 * rng.standard_normal(n)


def engine(n: int, rng: Rng) -> Array:
    """Ignitions at an idling speed through the body of a car."""
    phase = np.cumsum(rng.uniform(18, 45) * np.exp(0.05 * slow(n, rng, 2)) / SPEECH_RATE_HZ)
    fires = (np.diff(np.floor(phase), prepend=0) > 0).astype(np.float32)
    return sum(
        (resonate(fires, hz, 60) for hz in rng.uniform(60, 900, 4)), np.float32(0.01) * coloured_unit(n, rng)
    )


def keyboard(n: int, rng: Rng) -> Array:
    """Typing: pairs of short clicks, in bursts."""
    sound = np.float32(1e-3) * rng.standard_normal(n).astype(np.float32)
    at = 0.0
    while (at := at + rng.exponential(0.16)) < n / SPEECH_RATE_HZ:
        for start in (int(at * SPEECH_RATE_HZ), int((at + 0.07) * SPEECH_RATE_HZ)):
            time = np.arange(min(400, max(0, n - start)), dtype=np.float32) / SPEECH_RATE_HZ
            click = rng.standard_normal(len(time)) * np.exp(-time / 0.003)
            sound[start : start + len(time)] += click.astype(np.float32)
    return resonate(sound, rng.uniform(1500, 4000), 1500)


def wind(n: int, rng: Rng) -> Array:
    """Turbulence at a microphone: strong lows that swell."""
    swell: Array = np.exp(0.9 * slow(n, rng, 1.5))
    return shaped(n, rng, lambda hz: 1 / (20 + hz)) * swell


def birds(n: int, rng: Rng) -> Array:
    """Chirps that glide above 2 kHz."""
    sound = np.float32(0.02) * rng.standard_normal(n).astype(np.float32)
    for _ in range(int(n / SPEECH_RATE_HZ * 4) + 1):
        start, length = rng.integers(0, n), rng.integers(800, 2600)
        t = np.linspace(0, 1, min(length, n - start), dtype=np.float32)
        hz = rng.uniform(2000, 5500) + rng.uniform(-1500, 1500) * t
        sound[start : start + len(t)] += np.sin(2 * np.pi * np.cumsum(hz) / SPEECH_RATE_HZ) * np.sin(
            np.pi * t
        )
    return sound
