"""One sentence of a corpus, and which of them a training may see."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import soundfile

from app.audio.espeak import Phone
from app.audio.waveform import Samples
from app.training.corpus.resample import resample
from app.training.corpus.voices import Split


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence of one speaker. path: relative to the corpus; phones: empty where nothing gave them."""

    path: str
    voice: str
    speaker: str
    language: str
    text: str
    speaker_split: Split
    sentence_split: Split
    duration_s: float
    sha256: str = ""
    phones: tuple[Phone, ...] = ()


def read_sound(folder: Path, utterance: Utterance) -> Samples:
    """Return the sound of an utterance, (n,) float32 at 16 kHz."""
    samples, rate = soundfile.read(folder / utterance.path, dtype="float32", always_2d=True)
    return resample(samples.mean(axis=1), rate)


def for_repair(utterances: Iterable[Utterance], split: Split) -> list[Utterance]:
    """Keep what belongs to a split by its speaker and by its sentence."""
    return [u for u in utterances if u.speaker_split == split == u.sentence_split]


def in_training(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Count everything as training material: for a corpus with no speaker to hold out."""
    return [replace(u, speaker_split="train", sentence_split="train") for u in utterances]
