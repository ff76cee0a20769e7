"""Scores of synthesis on sentences that no voice trained on, beside the vocoder alone and the true voice."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from rich.progress import track

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.nets import world
from app.nets.synthesis import SynthesisNet, inputs
from app.training.corpus.folders import load_corpus
from app.training.lessons import Lesson, lesson
from app.training.scores import metrics
from app.training.scores.speech_scores import centroids, cosine, word_errors

NATURAL, COPY, NET = "natural", "vocoder alone", "net"
Natural = dict[tuple[str, str], tuple[Lesson, Samples]]  # by (voice, text)


@dataclass(frozen=True, slots=True)
class SynthesisScore:
    """One sentence by one system, measured against the natural one. NaN: not measured."""

    system: str
    voice: str
    q: float
    q_mel: float
    cos_pitch: float
    cos_loudness: float
    speaker_cosine: float
    duration_error: float
    word_errors: float


def synthesize(net: SynthesisNet, taught: Lesson, *, own_durations: bool = False) -> Samples:
    """Say a sentence with the true durations, or with those that the net finds right."""
    numbers, flags = inputs(taught.phones, taught.text, net.config.phones)
    steps = None if own_durations else torch.from_numpy(taught.steps)[None]
    with torch.inference_mode():
        voice = torch.tensor([net.config.voices.index(taught.voice)])
        return world.synthesize(net.speak(numbers[None], flags[None], voice, steps=steps).numpy())


def recordings(folder: Path, voices: Sequence[str], per_voice: int) -> Natural:
    """Return the natural sound of `per_voice` test sentences of each voice, cut as a net says them."""
    found = [u for u in load_corpus(folder) if u.voice in voices and u.sentence_split == "test"]
    chosen = [u for voice in voices for u in [u for u in found if u.voice == voice][:per_voice]]
    natural: Natural = {}
    for utterance in track(chosen, "Analysing"):
        taught = lesson(folder, utterance)
        natural[utterance.voice, utterance.text] = taught, taught.sound
    return natural


def judge(natural: Natural, nets: dict[str, SynthesisNet], *, words: bool = False) -> list[SynthesisScore]:
    """Judge each net on the sentences; `words` counts errors of PocketSphinx."""
    voices = centroids((voice, sound) for (voice, _), (_, sound) in natural.items())
    scores = []
    for (voice, _), (taught, truth) in track(natural.items(), "Judging"):
        said = {NATURAL: truth, COPY: world.synthesize(taught.frames)}
        said |= {name: synthesize(net, taught) for name, net in nets.items()}
        for name, sound in said.items():
            quality = metrics.quality(truth, sound)
            mel = metrics.mel_mse(truth, sound)
            error = float("nan")
            if name in nets:
                error = abs(len(synthesize(nets[name], taught, own_durations=True)) / len(truth) - 1)
            heard = words and voice.startswith("en-") and voice in ("en-rms", "en-slt", "en-awb")
            scores.append(
                SynthesisScore(
                    name, voice, quality.q, quality.q + metrics.WEIGHTS[0] * (mel - quality.mse),
                    quality.cos_pitch, quality.cos_loudness, cosine(voices, voice, sound), error,
                    word_errors(taught.text, sound) if heard else float("nan"),
                )
            )  # fmt: skip
    return scores


def speaker_cosines(net: SynthesisNet, natural: Natural) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Return the voices and the cosines of natural speakers (rows) with the net's voices (columns)."""
    one = centroids((voice, sound) for (voice, _), (_, sound) in natural.items())
    other = centroids((voice, synthesize(net, taught)) for (voice, _), (taught, _) in natural.items())
    voices = list(one)
    rows, columns = (
        np.stack([c[v] / np.linalg.norm(c[v]) for v in voices]).astype(np.float64) for c in (one, other)
    )
    return voices, rows @ columns.T


def real_time_factor(net: SynthesisNet, natural: Natural) -> float:
    """Return the processor time per second of speech, frames and vocoder, on one thread."""
    taught = [lesson for lesson, _ in natural.values()][:10]
    synthesize(net, taught[0])
    began = time.process_time()
    seconds = sum(len(synthesize(net, one)) / SPEECH_RATE_HZ for one in taught)
    return (time.process_time() - began) / seconds
