"""The test set of repair: held-out speakers, sentences and noise kinds, damaged by a fixed seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from app.audio.waveform import Samples
from app.training.corpus.folders import load_corpus
from app.training.corpus.resample import resample
from app.training.corpus.utterance import for_repair, read_sound
from app.training.corpus.voices import Split
from app.training.damage.damage import BABBLE, DamageEvent, DamageSpec, damage
from app.training.damage.noises import NOISES

SNRS_DB = (0, 5, 10)
SINGLE = {
    "babble 5 dB": DamageSpec(noise=BABBLE, snr_db=5),
    "hum": DamageSpec(hum_db=5),
    "clicks": DamageSpec(clicks_per_s=4),
    "dropouts": DamageSpec(dropouts_per_s=3),
    "clipping 12 %": DamageSpec(clip=0.12),
    "clipping 30 %": DamageSpec(clip=0.3),
    "band limit 2.5 kHz": DamageSpec(band_hz=2500),
    "reverb .5 s": DamageSpec(reverb_s=0.5),
    "clean": DamageSpec(),
}
NOISE, COMBINED, REAL = "noise", "combined", "real pairs"


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One damaged recording. block: the row of the table it counts in; clean, damaged: (n,) at 16 kHz."""

    block: str
    kind: str
    speaker: str
    name: str
    clean: Samples
    damaged: Samples
    events: tuple[DamageEvent, ...] = ()


def cases(folder: Path, n_sentences: int = 12, seed: int = 0, split: Split = "test") -> Iterator[Case]:
    """Make noise at each level, each single damage, and all at once, for the same sentences."""
    found = for_repair(load_corpus(folder), split)
    speakers = sorted({u.speaker for u in found})
    rng = np.random.default_rng([seed, 5])
    by_speaker = [[u for u in found if u.speaker == speaker] for speaker in speakers]
    order = [rng.permutation(len(group)) for group in by_speaker]
    chosen = [  # speaker by speaker in turn, so that each counts the same
        by_speaker[i % len(speakers)][
            order[i % len(speakers)][i // len(speakers) % len(order[i % len(speakers)])]
        ]
        for i in range(n_sentences)
    ]
    kinds = list(NOISES[split])
    sounds = [read_sound(folder, u) for u in chosen]
    for i, (utterance, clean) in enumerate(zip(chosen, sounds, strict=True)):
        pairs = zip(sounds, chosen, strict=True)
        others = [sound for sound, u in pairs if u.speaker != utterance.speaker]
        turn = [kinds[(i + j) % len(kinds)] for j in range(len(SNRS_DB) + 1)]
        noises = list(zip(turn, SNRS_DB, strict=False))
        everything = DamageSpec(turn[-1], 8, clip=0.3, dropouts_per_s=2, reverb_s=0.3)
        plans = [
            *((NOISE, f"{kind} {snr} dB", DamageSpec(kind, snr)) for kind, snr in noises),
            *((name, name, spec) for name, spec in SINGLE.items()),
            (COMBINED, COMBINED, everything),
        ]
        for j, (block, kind, spec) in enumerate(plans):
            damaged, events = damage(clean, np.random.default_rng([seed, 6, i, j]), spec, others)
            yield Case(block, kind, utterance.speaker, utterance.path, clean, damaged, events)


def real_cases(folder: Path) -> Iterator[Case]:
    """Read recorded pairs, `<name>_clean.wav` beside `<name>_noisy.wav`."""
    for path in sorted(folder.glob("*_clean.wav")):
        clean, damaged = (_read(p) for p in (path, path.with_name(path.name.replace("_clean", "_noisy"))))
        n = min(len(clean), len(damaged))
        name = path.name.removesuffix("_clean.wav")
        yield Case(REAL, REAL, name.split("_")[0], name, clean[:n], damaged[:n])


def _read(path: Path) -> Samples:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return resample(samples.mean(axis=1), rate)
