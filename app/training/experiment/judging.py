"""Has every trained row say the held-out sentences, and measures what is heard."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.progress import track

from app.audio.waveform import Samples
from app.nets import world
from app.nets.repairer import Repairer
from app.nets.resynthesis import ResynthesisNet
from app.nets.synthesis import SynthesisNet, inputs
from app.training.corpus.folders import load_corpus
from app.training.corpus.voices import Split
from app.training.experiment.joint import waves
from app.training.experiment.plan import MULTI
from app.training.experiment.rendering import rendered
from app.training.experiment.results import Means
from app.training.experiment.training import Net
from app.training.lessons import Lesson, lesson
from app.training.scores.metrics import Quality, quality
from app.training.scores.synthesis_scores import synthesize
from app.training.sound_variants import damaged

VOCODER, DAMAGED, REPAIR = "vocoder alone", "damaged", "repair alone"
APART, BY_VOCODER = "multi-speaker and repair, trained apart", "multi-speaker with repair, by the vocoder"
BESIDE = (VOCODER, DAMAGED, REPAIR, APART, BY_VOCODER)


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """One held-out sentence, said by one system and measured against the undamaged recording."""

    system: str
    voice: str
    text: str
    quality: Quality


def means(scores: Sequence[SentenceScore]) -> Means:
    """Average over sentences."""
    qs = [score.quality.q for score in scores]
    return Means(
        len(scores),
        statistics.fmean(score.quality.mse for score in scores),
        statistics.fmean(score.quality.cos_pitch for score in scores),
        statistics.fmean(score.quality.cos_loudness for score in scores),
        statistics.fmean(qs),
        statistics.stdev(qs) / len(qs) ** 0.5 if len(qs) > 1 else 0.0,
    )


def sentences(corpus: Path, voices: Sequence[str], split: Split, per_voice: int) -> list[Lesson]:
    """Return sentences that no row has trained on, as they were recorded: not cleaned."""
    found = [u for u in load_corpus(corpus) if u.sentence_split == split]
    chosen = [u for voice in voices for u in [u for u in found if u.voice == voice][:per_voice]]
    return [lesson(corpus, utterance) for utterance in track(chosen, "Analysing")]


def said(net: SynthesisNet | ResynthesisNet, taught: Lesson, split: Split = "test") -> Samples:
    """Say a sentence with its natural durations; a net that repairs hears it damaged as `split` is."""
    if isinstance(net, SynthesisNet):
        return synthesize(net, taught)
    return rendered(*said_and_repaired(net, taught, split))


def said_and_repaired(net: ResynthesisNet, taught: Lesson, split: Split = "test") -> tuple[Samples, Samples]:
    """Return what the voice says, by the vocoder, and the repaired recording that it has heard."""
    wave, gaps, clipped, _ = waves([(damaged(taught.sound, split), taught.sound)])
    numbers, flags = inputs(taught.phones, taught.text, net.voices.config.phones)
    voice = torch.tensor([net.voices.config.voices.index(taught.voice)])
    steps = torch.from_numpy(taught.steps)[None]
    with torch.inference_mode():
        repaired, frames, _ = net(wave, gaps, clipped, numbers[None], flags[None], voice, steps)
        spoken = world.synthesize(net.voices.unscaled(frames[0], voice).numpy())
    return spoken, repaired[0].numpy()


def voices_of(net: Net) -> tuple[str, ...]:
    """Return the voices that a net knows."""
    return net.voices.config.voices if isinstance(net, ResynthesisNet) else net.config.voices


def judge(taught: Sequence[Lesson], nets: dict[str, Net], repairer: Repairer) -> list[SentenceScore]:
    """Measure each net on the sentences of the voices that it knows, and what to compare it with."""
    scores = []
    for one in track(taught, "Judging"):
        for name, sound in _heard(one, nets, repairer).items():
            scores.append(SentenceScore(name, one.voice, one.text, quality(one.sound, sound)))
    return scores


def _heard(one: Lesson, nets: dict[str, Net], repairer: Repairer) -> dict[str, Samples]:
    """Return a sentence by each system."""
    broken = damaged(one.sound, "test")
    mended = np.asarray(repairer.repair(broken), np.float32)
    heard = {VOCODER: world.synthesize(one.frames), DAMAGED: broken, REPAIR: mended}
    for name, net in nets.items():
        if one.voice not in voices_of(net):
            continue
        if isinstance(net, ResynthesisNet):
            spoken, repaired = said_and_repaired(net, one)
            heard |= {name: rendered(spoken, repaired), BY_VOCODER: spoken}
        else:
            heard[name] = said(net, one)
            if name == MULTI:
                heard[APART] = rendered(heard[name], mended)
    return heard
