"""Cleans and augments recordings together with the times of their phones; for `sound_variants`."""

from dataclasses import replace

from app.audio.waveform import SPEECH_RATE_HZ
from app.training.damage.augment import augment
from app.training.damage.spectrum import Rng
from app.training.lessons import Take
from app.training.scores.features import heard, levelled


def cleaned(take: Take) -> Take:
    """Filter, level and trim; the phones keep to what is left."""
    sound = levelled(take.samples)
    first, last = heard(sound)
    end = (last - first) / SPEECH_RATE_HZ

    def moved(time: float) -> float:
        return min(max(0.0, time - first / SPEECH_RATE_HZ), end)

    phones = tuple(replace(p, start=moved(p.start), end=moved(p.end)) for p in take.phones)
    return Take(sound[first:last], phones)


def augmented(take: Take, rng: Rng) -> Take:
    """Vary speed, pitch and level; the phones are stretched with the sound."""
    sound = augment(take.samples, rng, noise=False)
    factor = len(sound) / len(take.samples)
    phones = tuple(replace(p, start=p.start * factor, end=p.end * factor) for p in take.phones)
    return Take(sound, phones)
