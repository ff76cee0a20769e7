"""Pairs of damaged and clean speech for `train_autoencoder`, mixed while training.

A sample is a function of (seed, step, place in the batch).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from scipy.signal import resample_poly
from torch import Tensor

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.nets.restoration import mend
from app.training.corpus.folders import load_corpus
from app.training.corpus.utterance import Utterance, for_repair, in_training, read_sound
from app.training.corpus.voices import Split
from app.training.damage.damage import damage, random_spec, undamaged
from app.training.damage.spectrum import Rng, recoloured, shaped


@dataclass(frozen=True, slots=True)
class SpeakerTakes:
    """A speaker's sentences in memory, as int16."""

    speaker: str
    natural: bool
    takes: tuple[npt.NDArray[np.int16], ...]


def load_speech(folders: Sequence[Path], split: Split) -> list[SpeakerTakes]:
    """Read the speech of a split; folders after the first are training material as a whole."""
    takes: dict[tuple[str, bool], list[npt.NDArray[np.int16]]] = {}
    for number, folder in enumerate(folders):
        found = load_corpus(folder)
        if number:
            found = in_training(found)
        for utterance in for_repair(found, split):
            pcm = (read_sound(folder, utterance) * 32767).astype(np.int16)
            takes.setdefault((utterance.speaker, _is_natural(utterance)), []).append(pcm)
    return [
        SpeakerTakes(speaker, natural, tuple(found)) for (speaker, natural), found in sorted(takes.items())
    ]


class Pairs:
    """Makes batches of (damaged and mended, gaps, clipped, clean), each (batch, n)."""

    def __init__(
        self,
        speech: Sequence[SpeakerTakes],
        *,
        seconds: float = 2.0,
        batch: int = 8,
        seed: int = 0,
        split: Split = "train",
    ) -> None:
        self.speech, self.n, self.batch, self.seed, self.split = (
            speech,
            int(seconds * SPEECH_RATE_HZ),
            batch,
            seed,
            split,
        )
        self.natural = [s for s in speech if s.natural] or list(speech)
        self.voices = [_floats(take) for s in speech for take in s.takes[:6]]

    def __call__(self, step: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        rows = [self.pair(np.random.default_rng([self.seed, 3, step, place])) for place in range(self.batch)]
        damaged, gaps, clipped, clean = (
            torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True)
        )
        return damaged, gaps, clipped, clean

    def pair(self, rng: Rng) -> tuple[Samples, Samples, Samples, Samples]:
        """Draw a speaker (a recorded one half of the time), a stretch of speech, and what it suffers."""
        group = self.natural if rng.random() < 0.5 else self.speech
        clean = self._varied(self._stretch(group[int(rng.integers(len(group)))], rng), rng)
        spec = random_spec(rng, self.split)
        damaged, _ = damage(clean, rng, spec, self.voices)
        mended = mend(damaged)
        return (
            mended.samples,
            mended.gaps.astype(np.float32),
            mended.clipped.astype(np.float32),
            undamaged(clean, spec),
        )

    def _stretch(self, speech: SpeakerTakes, rng: Rng) -> Samples:
        """Cut a stretch a third longer than is needed, so that it can be sped up."""
        need, pieces, have = int(self.n * 1.31), [], 0
        start = None
        while have < need:
            take = speech.takes[int(rng.integers(len(speech.takes)))]
            start = int(rng.integers(0, max(1, len(take) // 2))) if start is None else 0
            pieces.append(take[start:])
            have += len(pieces[-1])
        return _floats(np.concatenate(pieces)[:need])

    def _varied(self, sound: Samples, rng: Rng) -> Samples:
        """Vary speed, the colour of the microphone, the floor of its noise, and the level."""
        down = int(rng.integers(16, 27))  # 0.8 to 1.3 of the speed
        sound = resample_poly(sound, 20, down).astype(np.float32)[: self.n]
        if rng.random() < 0.7:
            sound = recoloured(sound, rng, 4)
        peak = float(np.abs(sound).max()) + 1e-6
        floor = shaped(self.n, rng, lambda hz: (hz + 100) ** np.float32(-rng.uniform(0, 0.8)))
        floor *= peak * 10 ** (-rng.uniform(50, 85) / 20) / (float(np.abs(floor).max()) + 1e-9)
        return np.asarray((sound + floor) * (10 ** (-rng.uniform(0.5, 26) / 20) / peak), np.float32)


def _floats(pcm: npt.NDArray[np.int16]) -> Samples:
    return np.asarray(pcm / np.float32(32768), np.float32)


def _is_natural(utterance: Utterance) -> bool:
    return not utterance.speaker.startswith("espeak-")
