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
from app.training.corpus.listening import phones_heard
from app.training.corpus.utterance import Utterance, read_sound
from app.training.corpus.voices import VOICES, Split

PAUSE_S = 0.05  # what is left of the silence at both ends
_FULL_SCALE = 32768
_ENGINES = {voice.name: voice.engine for voice in VOICES}


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """A recording. samples: (n,) at 16 kHz; phones: timed, without the pauses at both ends."""

    samples: Samples
    phones: tuple[Phone, ...]


@dataclass(frozen=True, slots=True)
class SoundVariant:
    """What is done to a recording before it is learned from; `name` is that of its cache."""

    name: str
    apply: Callable[[Take], Take]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One sentence. steps: (phones,) int, of 10 ms; frames: (2 · sum of steps, features); pcm: as long."""

    voice: str
    text: str
    phones: tuple[Phone, ...]
    steps: npt.NDArray[np.int64]
    frames: world.Frames
    pcm: npt.NDArray[np.int16]

    @property
    def sound(self) -> Samples:
        """The (n,) samples at 16 kHz."""
        return np.asarray(self.pcm / np.float32(_FULL_SCALE), np.float32)


def lessons(
    folder: Path,
    voices: Sequence[str],
    split: Split,
    variant: SoundVariant | None = None,
    every: int = 1,
) -> list[Lesson]:
    """Prepare every so many sentences of a split for the voices; `variant` changes the sound before.

    What the vocoder found is kept in `<folder>/processed/<variant>-<version>`, for the next training.
    """
    chosen = [u for u in load_corpus(folder) if u.voice in voices and u.sentence_split == split][::every]
    kept = folder / "processed" / f"{variant.name if variant else 'natural'}-{world.VERSION}"
    kept.mkdir(parents=True, exist_ok=True)
    return [_kept_lesson(folder, u, variant, kept) for u in track(chosen, f"Analysing {split}")]


def _kept_lesson(folder: Path, utterance: Utterance, variant: SoundVariant | None, kept: Path) -> Lesson:
    path = kept / f"{utterance.voice}-{Path(utterance.path).stem}.npz"
    if path.exists():
        with np.load(path) as found:
            phones, _, _ = _timeline(timed_phones(utterance))  # the variant moves their times alone
            return Lesson(
                utterance.voice, utterance.text, phones, found["steps"], found["frames"], found["pcm"]
            )
    taught = lesson(folder, utterance, variant)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, steps=taught.steps, frames=taught.frames, pcm=taught.pcm)
    part.replace(path)
    return taught


def lesson(folder: Path, utterance: Utterance, variant: SoundVariant | None = None) -> Lesson:
    """Trim the silence at both ends to 50 ms, then analyse."""
    sound = read_sound(folder, utterance)
    take = Take(sound, timed_phones(utterance, sound))
    if variant:
        take = variant.apply(take)
    phones, steps, (start, end) = _timeline(take.phones)
    first, last = round(start * SPEECH_RATE_HZ), round(end * SPEECH_RATE_HZ)
    samples = take.samples
    cut = np.pad(samples[max(0, first) : last], (max(0, -first), max(0, last - len(samples))))
    frames = world.analyse(cut)
    need = int(steps.sum()) * STEP_FRAMES
    frames = np.concatenate([frames, np.repeat(frames[-1:], max(0, need - len(frames)), axis=0)])[:need]
    n = int(steps.sum()) * SPEECH_RATE_HZ // STEPS_PER_S
    pcm = (np.clip(np.pad(cut, (0, n))[:n], -1, 1) * _FULL_SCALE).round().clip(max=_FULL_SCALE - 1)
    return Lesson(utterance.voice, utterance.text, phones, steps, frames, pcm.astype(np.int16))


def _timeline(
    phones: tuple[Phone, ...],
) -> tuple[tuple[Phone, ...], npt.NDArray[np.int64], tuple[float, float]]:
    """Put short pauses at both ends; return the phones, their steps, and where it all starts and ends."""
    start, end = phones[0].start - PAUSE_S, phones[-1].end + PAUSE_S
    both = (Phone("", start, start + PAUSE_S), *phones, Phone("", end - PAUSE_S, end))
    edges = np.round((np.array([p.start for p in both] + [end]) - start) * STEPS_PER_S).astype(np.int64)
    edges = np.maximum.accumulate(np.maximum(edges, np.arange(len(edges))))  # never backwards
    return both, np.diff(edges), (start, end)


def timed_phones(utterance: Utterance, sound: Samples | None = None) -> tuple[Phone, ...]:
    """Return espeak-ng's phones of an utterance, timed, without the pauses at both ends.

    sound: where no program has told the times, they are heard in it; without it they are espeak-ng's own.
    """
    if not utterance.phones and sound is not None:
        phones = phones_heard(sound, utterance.text, utterance.language)
    elif not utterance.phones:
        phones = phones_of(utterance.text, utterance.language)
    elif _ENGINES.get(utterance.voice) == "espeak":
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
