"""Background noise, made from a seed at unit power, by its kind.

Kinds are split like speakers and sentences: a net is judged on kinds that it never trained on.
Babble is the kind that needs other people's speech; `damage` mixes it.
"""

from collections.abc import Callable

from app.audio.waveform import Samples
from app.training.corpus.voices import Split
from app.training.damage import held_out_noises, training_noises
from app.training.damage.spectrum import Array, Rng, unit

NOISES: dict[Split, dict[str, Callable[[int, Rng], Array]]] = {
    "train": {
        "coloured": training_noises.coloured,
        "traffic": training_noises.traffic,
        "fan": training_noises.fan,
        "clatter": training_noises.clatter,
        "music": training_noises.music,
        "gusts": training_noises.gusts,
        "crowd": training_noises.crowd,
        "squeaks": training_noises.squeaks,
        "beeps": training_noises.beeps,
        "drill": training_noises.drill,
        "thumps": training_noises.thumps,
    },
    "valid": {"wind": held_out_noises.wind, "birds": held_out_noises.birds},
    "test": {
        "siren": held_out_noises.siren,
        "engine": held_out_noises.engine,
        "keyboard": held_out_noises.keyboard,
        "rain": held_out_noises.rain,
    },
}


def noise(kind: str, n: int, rng: Rng) -> Samples:
    """Make `n` samples of a kind at unit power. Raises KeyError, naming the kinds there are."""
    known = {name: make for kinds in NOISES.values() for name, make in kinds.items()}
    if kind not in known:
        raise KeyError(f"{kind} is none of {', '.join(known)}")
    return unit(known[kind](n, rng))
