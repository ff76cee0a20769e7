"""Train the multi-speaker synthesis net: `flask lab train-multispeaker`."""

import argparse
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from app.errors import N_, BadInput
from app.nets import checkpoint
from app.nets.synthesis import SynthesisConfig, SynthesisNet, inputs, synthesis_loss
from app.training.adaptation import adapted, adapted_config
from app.training.corpus.folders import load_corpus
from app.training.corpus.voices import SYNTHESIS_VOICES, VOICES
from app.training.damage.spectrum import Rng
from app.training.lessons import Lesson, SoundVariant, inventory_of, lessons
from app.training.loop import Batch, Task, TrainOptions, train
from app.training.parsing import new_parser
from app.training.sound_variants import CLEANED, NATURAL, SOUNDS, sound_variant

LANGUAGES: dict[str, str] = {voice.name: voice.language for voice in VOICES}


def synthesis_task(
    training: Sequence[Lesson],
    validation: Sequence[Lesson],
    config: SynthesisConfig,
    *,
    batch: int = 8,
    seed: int = 0,
    start: Path | None = None,
) -> Task[SynthesisNet]:
    mean, deviation = scales(training, config.voices)

    def make_net() -> SynthesisNet:
        net = adapted(_known(start), config) if start else SynthesisNet(config)
        net.mean.copy_(mean)
        net.deviation.copy_(deviation)
        return net

    def draw(step: int) -> Batch:
        rng = np.random.default_rng([seed, 4, step])
        return collated(drawn(training, batch, rng), config, mean, deviation)

    def loss(net: SynthesisNet, drawn: Batch) -> Tensor:
        phones, flags, voice, steps, truth = drawn
        frames, durations = net(phones, flags, voice, steps)
        return synthesis_loss(net, frames, durations, truth, steps)

    held_out = [
        collated(validation[i : i + batch], config, mean, deviation) for i in range(0, len(validation), batch)
    ]

    def validate(net: SynthesisNet) -> dict[str, float]:
        device = next(net.parameters()).device
        losses, errors = [], []
        for drawn in held_out:
            phones, flags, voice, steps, truth = (tensor.to(device) for tensor in drawn)
            frames, durations = net(phones, flags, voice, steps)
            losses.append(synthesis_loss(net, frames, durations, truth, steps).item())
            said = (durations.exp().round().clamp(min=1) * (steps > 0)).sum(1)
            errors += ((said - steps.sum(1)).abs() / steps.sum(1)).tolist()
        return {"loss": float(np.mean(losses)), "duration_error": float(np.mean(errors))}

    return Task("synthesis", make_net, draw, loss, validate)


def drawn(training: Sequence[Lesson], batch: int, rng: Rng) -> list[Lesson]:
    """Draw sentences of like length, neighbours among four times as many: little of a batch is padding."""
    n = min(4 * batch, max(batch, len(training)))
    found = sorted(
        rng.choice(len(training), n, replace=len(training) < n), key=lambda i: training[i].steps.sum()
    )
    first = int(rng.integers(n - batch + 1))
    return [training[i] for i in found[first : first + batch]]


def collated(
    chosen: Sequence[Lesson], config: SynthesisConfig, mean: Tensor, deviation: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return phones, flags, voices, steps and scaled frames of a batch, padded."""
    rows = [inputs(lesson.phones, lesson.text, config.phones) for lesson in chosen]
    voices = torch.tensor([config.voices.index(lesson.voice) for lesson in chosen])
    frames = [
        (torch.from_numpy(lesson.frames) - mean[voice]) / deviation[voice]
        for lesson, voice in zip(chosen, voices, strict=True)
    ]
    return (
        pad_sequence([numbers for numbers, _ in rows], batch_first=True),
        pad_sequence([flags for _, flags in rows], batch_first=True),
        voices,
        pad_sequence([torch.from_numpy(lesson.steps) for lesson in chosen], batch_first=True),
        pad_sequence(frames, batch_first=True, padding_value=float("nan")),
    )


def scales(training: Sequence[Lesson], voices: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Return the mean and the deviation of each voice's features, (voices, features) each.

    Voicing stays 0 or 1; pitch is measured where there is voice.
    """
    means, deviations = [], []
    for voice in voices:
        frames = np.concatenate([lesson.frames for lesson in training if lesson.voice == voice])
        mean, deviation = frames.mean(0), frames.std(0) + 1e-3
        heard = frames[frames[:, -1] > 0.5, -2]
        if len(heard):
            mean[-2], deviation[-2] = heard.mean(), heard.std() + 1e-3
        mean[-1], deviation[-1] = 0, 1
        means.append(mean)
        deviations.append(deviation)
    return torch.from_numpy(np.stack(means)), torch.from_numpy(np.stack(deviations))


def prepare(
    folder: Path, voices: Sequence[str] | None = None, variant: SoundVariant | None = None
) -> tuple[list[Lesson], list[Lesson], SynthesisConfig]:
    """Return what is learned from and what is validated on; voices: by default those of the corpus.

    Raises:
        BadInput: The corpus is too small for both.
    """
    languages = {utterance.voice: utterance.language for utterance in load_corpus(folder)}
    if voices is None:
        voices = [voice for voice in SYNTHESIS_VOICES if voice in languages] or list(languages)
    training = lessons(folder, voices, "train", variant)
    validation = lessons(folder, voices, "valid")
    if not training or not validation:
        raise BadInput(
            N_(
                "%(folder)s has too few sentences to learn from and to check against. It takes fifty or more."
            ),
            folder=str(folder),
        )
    return training, validation, inventory_of([*training, *validation], languages)


def _known(folder: Path) -> SynthesisNet:
    net = checkpoint.load(folder, "synthesis")
    assert isinstance(net, SynthesisNet)
    return net


def main() -> None:
    parser = new_parser("train-multispeaker", N_("Train the multi-speaker synthesis net."))
    parser.add_argument("folder", type=Path, help=_("where the weights, the state and the log go"))
    parser.add_argument("--corpus", type=Path, default=Path("data/raw/speech"))
    parser.add_argument(
        "--voices", nargs="+", help=_("by default those of the program, or all of the corpus")
    )
    parser.add_argument(
        "--sound", choices=(*SOUNDS, CLEANED), default=NATURAL, help=_("what is learned from")
    )
    parser.add_argument(
        "--repair", type=Path, default=Path("models/repair"), help=_("the net of --sound repaired")
    )
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1.5e-3, help=_("the highest learning rate"))
    parser.add_argument(
        "--start", type=Path, help=_("go on from the weights in this folder, not from nothing")
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bf16", action=argparse.BooleanOptionalAction, default=torch.cuda.is_available())
    options = parser.parse_args()
    training, validation, config = prepare(
        options.corpus, options.voices, sound_variant(options.sound, options.repair)
    )
    if options.start:
        config = adapted_config(_known(options.start).config, config)
    task = synthesis_task(
        training, validation, config, batch=options.batch, seed=options.seed, start=options.start
    )
    train(
        task,
        options.folder,
        TrainOptions(
            steps=options.steps,
            seed=options.seed,
            learning_rate=options.rate,
            device=options.device,
            threads=options.threads,
            bf16=options.bf16,
            clip_norm=1.0,
        ),
    )


if __name__ == "__main__":
    main()
