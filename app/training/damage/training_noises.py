"""The kinds of noise that nets train on: each a function (n, rng) -> (n,) samples, which `noises` scales."""

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.training.damage.spectrum import Array, Rng, resonate, shaped, slow, unit


def coloured(n: int, rng: Rng) -> Array:
    """White to brown noise with a random smooth spectrum, swelling slowly."""
    slope = rng.uniform(0, 1.2)
    knots = rng.normal(0, 5, 12)
    hz_of_knots = np.geomspace(40, 8000, 12)

    def gain_at(hz: Samples) -> Samples:
        bumps = np.interp(hz, hz_of_knots, knots)
        return np.asarray((hz + 50) ** -slope * 10 ** (bumps / 20), np.float32)

    swell: Array = np.exp(rng.uniform(0, 0.5) * slow(n, rng, 2))
    return shaped(n, rng, gain_at) * swell


def traffic(n: int, rng: Rng) -> Array:
    """Low rumble with cars that come and go."""
    rumble = shaped(n, rng, lambda hz: 1 / (1 + (hz / rng.uniform(80, 300)) ** 1.5))
    hiss = shaped(n, rng, lambda hz: np.exp(-(((np.log2(hz + 1) - np.log2(900)) / 1.2) ** 2)))
    swell: Array = np.exp(1.2 * slow(n, rng, 0.5))
    return unit(rumble) + unit(hiss) * swell * rng.uniform(0.1, 0.6)


def fan(n: int, rng: Rng) -> Array:
    """Air through a grille, with the blades' tone and its harmonics."""
    base = rng.uniform(60, 400)
    time = np.arange(n, dtype=np.float32) / SPEECH_RATE_HZ
    tones = sum(
        rng.uniform(0, 1) / k * np.sin(2 * np.pi * base * k * time + rng.uniform(0, 6.3)) for k in range(1, 9)
    )
    corner = rng.uniform(300, 3000)
    return (
        unit(shaped(n, rng, lambda hz: 1 / (1 + (hz / corner) ** 2)))
        + np.float32(rng.uniform(0.1, 1)) * tones
    )


def clatter(n: int, rng: Rng) -> Array:
    """Dishes and cutlery: short ringing strokes at random times."""
    sound = np.zeros(n, np.float32)
    for _ in range(rng.poisson(n / SPEECH_RATE_HZ * rng.uniform(2, 9)) + 1):
        start, length = int(rng.integers(0, n)), int(SPEECH_RATE_HZ * rng.uniform(0.03, 0.25))
        time = np.arange(min(length, n - start), dtype=np.float32) / SPEECH_RATE_HZ
        stroke = sum(
            np.sin(2 * np.pi * hz * time + rng.uniform(0, 6.3)) for hz in rng.uniform(400, 7000, 4)
        ) + rng.standard_normal(len(time)) * rng.uniform(0, 2)
        sound[start : start + len(time)] += (
            stroke * np.exp(-time / rng.uniform(0.005, 0.06)) * rng.lognormal(0, 0.8)
        )
    return unit(sound) + np.float32(rng.uniform(0.02, 0.2)) * coloured_unit(n, rng)


def music(n: int, rng: Rng) -> Array:
    """Chords of decaying harmonic notes."""
    sound = np.zeros(n, np.float32)
    start = 0
    while start < n:
        length = int(SPEECH_RATE_HZ * rng.uniform(0.15, 0.7))
        time = np.arange(min(2 * length, n - start), dtype=np.float32) / SPEECH_RATE_HZ
        for note in rng.integers(40, 80, rng.integers(1, 4)):
            hz = 440 * 2 ** ((note - 69) / 12)
            for k in range(1, min(8, int(7500 / hz)) + 1):
                wave = np.sin(2 * np.pi * hz * k * time + rng.uniform(0, 6.3))
                sound[start : start + len(time)] += wave * np.exp(-time * k / 0.5) / k
        start += length
    return sound


def gusts(n: int, rng: Rng) -> Array:
    """Band noise that bursts: shuffling, breathing, doors."""
    centre, width = rng.uniform(200, 5000), rng.uniform(0.3, 1.5)
    band = shaped(n, rng, lambda hz: np.exp(-(((np.log2(hz + 1) - np.log2(centre)) / width) ** 2)))
    bursts: Array = np.exp(1.5 * slow(n, rng, rng.uniform(2, 12)))
    return band * bursts


def crowd(n: int, rng: Rng) -> Array:
    """Speech-shaped noise with the rhythm of syllables: a room full of people."""
    sound = np.zeros(n, np.float32)
    for _ in range(rng.integers(3, 8)):
        pitch = rng.uniform(90, 260) * np.exp(0.12 * slow(n, rng, 3))
        phase = np.cumsum(2 * np.pi * pitch / SPEECH_RATE_HZ)
        source = (phase % (2 * np.pi) < 0.5).astype(np.float32) + 0.05 * rng.standard_normal(
            n, dtype=np.float32
        )
        for hz in (rng.uniform(300, 800), rng.uniform(900, 2300), rng.uniform(2400, 3400)):
            source = source + resonate(source, hz, 120) * 3
        sound += np.diff(source, prepend=source[:1]) * np.clip(slow(n, rng, 8) + 0.3, 0, None)
    return sound


def squeaks(n: int, rng: Rng) -> Array:
    """Hinges, brakes and chairs: short harmonic glides with a little friction."""
    sound = np.float32(0.02) * coloured_unit(n, rng)
    for _ in range(rng.poisson(n / SPEECH_RATE_HZ * rng.uniform(1, 5)) + 1):
        start, length = int(rng.integers(0, n)), int(SPEECH_RATE_HZ * rng.uniform(0.06, 0.8))
        t = np.linspace(0, 1, min(length, n - start), dtype=np.float32)
        hz = rng.uniform(250, 3500) * 2 ** (rng.uniform(-0.8, 0.8) * t + 0.03 * slow(len(t), rng, 20))
        phase = np.cumsum(2 * np.pi * hz / SPEECH_RATE_HZ)
        tone = sum(np.sin(k * phase) * rng.uniform(0, 1) / k for k in range(1, 4))
        sound[start : start + len(t)] += tone * np.sin(np.pi * t) * rng.lognormal(0, 0.6)
    return sound


def beeps(n: int, rng: Rng) -> Array:
    """Telephones and machines: one to three steady tones, switched on and off."""
    time = np.arange(n, dtype=np.float32) / SPEECH_RATE_HZ
    tones = sum(np.sin(2 * np.pi * hz * time) for hz in rng.uniform(300, 4000, rng.integers(1, 4)))
    on = (time * rng.uniform(0.5, 6) + rng.uniform(0, 1)) % 1 < rng.uniform(0.2, 1)
    edge = np.ones(80, np.float32) / 80  # 5 ms, or the switch itself would click
    switched: Array = np.convolve(on, edge, mode="same") * tones
    return switched + np.float32(0.05) * coloured_unit(n, rng)


def drill(n: int, rng: Rng) -> Array:
    """Drills, shavers and vacuum cleaners: a buzz whose speed wavers, and its air."""
    phase = np.cumsum(rng.uniform(70, 500) * np.exp(0.1 * slow(n, rng, 1)) / SPEECH_RATE_HZ)
    buzz = 2 * (phase % 1) - 1
    body = sum((resonate(buzz, hz, 200) for hz in rng.uniform(200, 5000, 4)), np.zeros(n))
    return unit(body) + np.float32(rng.uniform(0.1, 1)) * coloured_unit(n, rng)


def thumps(n: int, rng: Rng) -> Array:
    """Steps, doors and knocks on the table: low strokes that ring for a moment."""
    strokes = (rng.random(n) < rng.uniform(1, 6) / SPEECH_RATE_HZ) * rng.lognormal(0, 0.7, n)
    rings = (resonate(strokes, hz, rng.uniform(15, 80)) for hz in rng.uniform(50, 500, 3))
    body = sum(rings, np.zeros(n))
    return unit(body) + np.float32(rng.uniform(0.05, 0.3)) * coloured_unit(n, rng)


def coloured_unit(n: int, rng: Rng) -> Samples:
    return unit(coloured(n, rng))
