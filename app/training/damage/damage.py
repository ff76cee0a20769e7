"""Damage clean speech in the ways that recordings are damaged, and say what was done.

Everything is drawn from the generator that is handed in, so a seed replays it; pairs stay aligned in time.
The order is that of the world: a room, noise around it, the line, an overdriven input, lost packets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import fftconvolve

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.training.corpus.voices import Split
from app.training.damage.noises import NOISES, noise
from app.training.damage.spectrum import Rng, low_pass, recoloured, unit

BABBLE = "babble"


@dataclass(frozen=True, slots=True)
class DamageSpec:
    """What to do; None or 0: not at all.

    noise: kinds of `noises` (or "babble") joined by "+"; colour_db: how far its spectrum is bent at random;
    clip: the level, as a share of the peak, where the input is
    overdriven; reverb_s: the time in which the room's echo falls by 60 dB.
    """

    noise: str | None = None
    snr_db: float = 5.0
    colour_db: float = 0.0
    hum_db: float | None = None
    clicks_per_s: float = 0.0
    dropouts_per_s: float = 0.0
    clip: float | None = None
    band_hz: float | None = None
    reverb_s: float | None = None


@dataclass(frozen=True, slots=True)
class DamageEvent:
    """start, end: seconds; level: in the unit of its kind (dB, Hz, s, share of the peak)."""

    kind: str
    start: float
    end: float
    level: float


def damage(
    clean: Samples, rng: Rng, spec: DamageSpec, voices: Sequence[Samples] = ()
) -> tuple[Samples, tuple[DamageEvent, ...]]:
    """Damage (n,) clean samples at 16 kHz; `voices` is the speech of others, for babble."""
    n = len(clean)
    whole = n / SPEECH_RATE_HZ
    sound = clean.astype(np.float32, copy=True)
    events: list[DamageEvent] = []
    power = float(np.mean(np.square(clean))) + 1e-12
    if spec.reverb_s:
        sound = _reverb(sound, rng, spec.reverb_s)
        events.append(DamageEvent("reverb", 0, whole, spec.reverb_s))
    if spec.noise:
        made = _background(n, rng, spec, voices)
        sound = sound + made * np.float32(np.sqrt(power * 10 ** (-spec.snr_db / 10)))
        events.append(DamageEvent(spec.noise, 0, whole, spec.snr_db))
    if spec.hum_db is not None:
        sound = sound + _hum(n, rng) * np.float32(np.sqrt(power * 10 ** (-spec.hum_db / 10)))
        events.append(DamageEvent("hum", 0, whole, spec.hum_db))
    for _ in range(rng.poisson(spec.clicks_per_s * whole)):
        start, length = int(rng.integers(0, max(1, n - 64))), int(rng.integers(4, 48))
        level = float(rng.uniform(0.3, 1) * np.abs(sound).max())
        click = level * rng.choice([-1, 1]) * np.exp(-np.arange(length) / (length / 4))
        sound[start : start + length] += click[: n - start].astype(np.float32)
        events.append(DamageEvent("click", start / SPEECH_RATE_HZ, (start + length) / SPEECH_RATE_HZ, level))
    if spec.band_hz:
        sound = low_pass(sound, spec.band_hz)
        events.append(DamageEvent("band limit", 0, whole, spec.band_hz))
    if spec.clip:
        limit = np.float32(spec.clip * np.abs(sound).max())
        sound = np.clip(sound, -limit, limit)
        events.append(DamageEvent("clipping", 0, whole, spec.clip))
    for _ in range(rng.poisson(spec.dropouts_per_s * whole)):
        start, length = int(rng.integers(0, n)), int(rng.uniform(0.005, 0.06) * SPEECH_RATE_HZ)
        sound[start : start + length] = 0
        events.append(
            DamageEvent("dropout", start / SPEECH_RATE_HZ, min(n, start + length) / SPEECH_RATE_HZ, 0.0)
        )
    return sound, tuple(events)


def _background(n: int, rng: Rng, spec: DamageSpec, voices: Sequence[Samples]) -> Samples:
    kinds = (spec.noise or "").split("+")
    made = [babble(n, rng, voices) if kind == BABBLE else noise(kind, n, rng) for kind in kinds]
    mixed = made[0]
    for other in made[1:]:
        mixed = mixed + other * np.float32(rng.uniform(0.3, 1))
    return unit(recoloured(mixed, rng, spec.colour_db)) if spec.colour_db else unit(mixed)


def undamaged(clean: Samples, spec: DamageSpec) -> Samples:
    """Return what a repair that invents nothing can give back: within the band that was left."""
    return low_pass(clean, spec.band_hz) if spec.band_hz else clean


def babble(n: int, rng: Rng, voices: Sequence[Samples]) -> Samples:
    """Mix three to six voices, each from a random place on."""
    if not voices:
        raise ValueError("babble needs the speech of others")
    mixed = np.zeros(n, np.float32)
    for _ in range(int(rng.integers(3, 7))):
        voice = voices[int(rng.integers(len(voices)))]
        looped = np.resize(np.roll(voice, -int(rng.integers(len(voice)))), n)
        mixed += unit(looped) * np.float32(rng.uniform(0.4, 1))
    return unit(_reverb(mixed, rng, float(rng.uniform(0.2, 0.8))))


def random_spec(rng: Rng, split: Split = "train") -> DamageSpec:
    """Draw what a training sample suffers: one in six nothing, most of the others noise."""
    if rng.random() < 0.16:
        return DamageSpec()

    def maybe(chance: float, low: float, high: float) -> float | None:
        return float(rng.uniform(low, high)) if rng.random() < chance else None

    kinds = list(NOISES[split])
    chance = [1.0] * len(kinds)
    if split == "train":  # babble is the most frequent noise of meetings, and the hardest
        kinds, chance = [*kinds, BABBLE], [*chance, 0.3 * len(kinds)]
    n_kinds = 2 if split == "train" and rng.random() < 0.25 else 1
    drawn = rng.choice(kinds, n_kinds, replace=False, p=np.array(chance) / sum(chance))
    return DamageSpec(
        noise="+".join(drawn) if rng.random() < 0.8 else None,
        snr_db=float(rng.uniform(-4, 20)),
        colour_db=4.0 if split == "train" else 0.0,
        hum_db=maybe(0.06, 0, 25),
        clicks_per_s=maybe(0.08, 1, 12) or 0.0,
        dropouts_per_s=maybe(0.15, 1, 6) or 0.0,
        clip=maybe(0.15, 0.08, 0.6),
        band_hz=maybe(0.12, 2000, 7000),
        reverb_s=maybe(0.22, 0.15, 0.9),
    )


def _reverb(sound: Samples, rng: Rng, seconds: float) -> Samples:
    """Add an exponentially decaying echo; the direct sound keeps its place and level."""
    length = int(min(seconds, 1.0) * SPEECH_RATE_HZ)
    time = np.arange(length) / SPEECH_RATE_HZ
    tail = rng.standard_normal(length) * np.exp(-6.9 * time / seconds)
    tail[: int(SPEECH_RATE_HZ * rng.uniform(0.001, 0.008))] = 0
    tail *= np.sqrt(10 ** (-rng.uniform(-2, 8) / 10) / np.sum(tail**2))  # direct-to-echo ratio, dB
    echo = fftconvolve(sound, tail.astype(np.float32))[: len(sound)]
    return np.asarray(sound + echo, np.float32)


def _hum(n: int, rng: Rng) -> Samples:
    """Mains hum: 50 or 60 Hz and its harmonics."""
    time = np.arange(n, dtype=np.float32) / SPEECH_RATE_HZ
    base = float(rng.choice([50, 60]))
    tones = np.zeros(n)
    for k in range(1, 10):
        tones += rng.uniform(0, 1) / k * np.sin(2 * np.pi * base * k * time + rng.uniform(0, 6.3))
    return unit(tones)
