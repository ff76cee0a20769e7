"""What `train_multispeaker` learns from: timed phones, and the vocoder's frames of the same sound."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from app.audio.espeak import Phone
from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.nets import world
from app.nets.phones import PAUSE, phones_of, plain
from app.nets.synthesis import STEP_FRAMES, STEPS_PER_S, SynthesisConfig
from app.training.corpus.align import aligned
from app.training.corpus.folders import load_corpus
from app.training.corpus.utterance import Utterance, read_sound
from app.training.corpus.voices import VOICES, Split

PAUSE_S = 0.05  # what is left of the silence at both ends
_ENGINES = {voice.name: voice.engine for voice in VOICES}


@dataclass(frozen=True, slots=True)
class SoundVariant:
    """What is done to the sound before it is learned from."""

    name: str
    apply: Callable[[Samples], Samples]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One sentence. steps: (phones,) int, of 10 ms; frames: (2 · sum of steps, features)."""

    voice: str
    text: str
    phones: tuple[Phone, ...]
    steps: npt.NDArray[np.int64]
    frames: world.Frames


def lessons(
    folder: Path, voices: Sequence[str], split: Split, variant: SoundVariant | None = None
) -> list[Lesson]:
    """Prepare the sentences of a split for the voices; `variant` repairs (or damages) the sound before.

    What the vocoder found is kept in `<folder>/processed/<variant>-<version>`, for the next training.
    """
    chosen = [u for u in load_corpus(folder) if u.voice in voices and u.sentence_split == split]
    kept = folder / "processed" / f"{variant.name if variant else 'natural'}-{world.VERSION}"
    kept.mkdir(parents=True, exist_ok=True)
    return [_kept_lesson(folder, u, variant, kept) for u in track(chosen, f"Analysing {split}")]


def _kept_lesson(folder: Path, utterance: Utterance, variant: SoundVariant | None, kept: Path) -> Lesson:
    path = kept / f"{utterance.voice}-{Path(utterance.path).stem}.npy"
    phones, steps, _ = _timeline(timed_phones(utterance))
    if path.exists():
        return Lesson(utterance.voice, utterance.text, phones, steps, np.load(path))
    taught = lesson(folder, utterance, variant)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, taught.frames)
    part.replace(path)
    return taught


def lesson(folder: Path, utterance: Utterance, variant: SoundVariant | None = None) -> Lesson:
    """Trim the silence at both ends to 50 ms, then analyse."""
    samples = read_sound(folder, utterance)
    if variant:
        samples = variant.apply(samples)
    phones, steps, (start, end) = _timeline(timed_phones(utterance))
    first, last = round(start * SPEECH_RATE_HZ), round(end * SPEECH_RATE_HZ)
    cut = np.pad(samples[max(0, first) : last], (max(0, -first), max(0, last - len(samples))))
    frames = world.analyse(cut)
    need = int(steps.sum()) * STEP_FRAMES
    frames = np.concatenate([frames, np.repeat(frames[-1:], max(0, need - len(frames)), axis=0)])[:need]
    return Lesson(utterance.voice, utterance.text, phones, steps, frames)


def _timeline(
    phones: tuple[Phone, ...],
) -> tuple[tuple[Phone, ...], npt.NDArray[np.int64], tuple[float, float]]:
    """Put short pauses at both ends; return the phones, their steps, and where it all starts and ends."""
    start, end = phones[0].start - PAUSE_S, phones[-1].end + PAUSE_S
    both = (Phone("", start, start + PAUSE_S), *phones, Phone("", end - PAUSE_S, end))
    edges = np.round((np.array([p.start for p in both] + [end]) - start) * STEPS_PER_S).astype(np.int64)
    edges = np.maximum.accumulate(np.maximum(edges, np.arange(len(edges))))  # never backwards
    return both, np.diff(edges), (start, end)


def timed_phones(utterance: Utterance) -> tuple[Phone, ...]:
    """Return espeak-ng's phones of an utterance, timed, without the pauses at both ends."""
    if _ENGINES.get(utterance.voice) == "espeak":
        phones = plain(utterance.phones)
    else:
        sounds = [i for i, phone in enumerate(utterance.phones) if phone.symbol]
        read = list(phones_of(utterance.text, utterance.language))
        while read and not read[-1].symbol:
            read.pop()
        phones = aligned(read, utterance.phones[sounds[0] : sounds[-1] + 1], utterance.language)
    first = next(i for i, phone in enumerate(phones) if phone.symbol)
    last = max(i for i, phone in enumerate(phones) if phone.symbol)
    return phones[first : last + 1]


def inventory_of(found: Sequence[Lesson], languages: dict[str, str]) -> SynthesisConfig:
    """Collect the phones and voices that a net has to know."""
    voices = sorted({lesson.voice for lesson in found})
    symbols = sorted({phone.symbol for lesson in found for phone in lesson.phones} | {PAUSE})
    return SynthesisConfig(tuple(symbols), tuple(voices), tuple(languages[voice] for voice in voices))
