"""Trains the rows of the experiment; each goes on where it was killed."""

from dataclasses import replace
from pathlib import Path

from app.nets import checkpoint
from app.nets.repair import RepairNet
from app.nets.resynthesis import ResynthesisNet
from app.nets.synthesis import SynthesisNet
from app.training.experiment.joint import joint_task
from app.training.experiment.plan import Budget, Row
from app.training.lessons import Lesson, inventory_of, lessons
from app.training.loop import TrainOptions, train
from app.training.sound_variants import cleaned_variant
from app.training.train_multispeaker import LANGUAGES, synthesis_task

Net = SynthesisNet | ResynthesisNet
_COPY = "+"  # a varied copy is a voice of its own, so that the voice itself stays what it is


def train_row(row: Row, corpus: Path, folder: Path, repair: Path, budget: Budget) -> Net:
    """Train a row, or go on training what `folder` holds.

    repair: the folder of the net that the joint training starts from. Every second sentence has a varied
    copy. Copies get voices of their own (Cooper et al., "Can Speaker Augmentation Improve Multi-Speaker
    End-to-End TTS?", Interspeech 2020).
    """
    training, validation = row_lessons(row, corpus)
    config = replace(inventory_of([*training, *validation], _languages()), plain=row.plain)
    alone = round(budget.steps * (1 - budget.joint_share)) if row.repaired else budget.steps
    task = synthesis_task(training, validation, config, batch=budget.batch, seed=budget.seed)
    voices = train(task, folder / "alone" if row.repaired else folder, _options(budget, alone, 1.5e-3))
    if not row.repaired:
        return voices

    def make_net() -> ResynthesisNet:
        mender = checkpoint.load(repair, "repair")
        assert isinstance(mender, RepairNet)
        said = SynthesisNet(config)
        said.load_state_dict(voices.state_dict())
        return ResynthesisNet(said, mender)

    joint = joint_task(
        [lesson for lesson in training if not lesson.voice.endswith(_COPY)],
        validation,
        make_net,
        batch=budget.batch,
        seed=budget.seed,
    )
    return train(joint, folder, _options(budget, budget.steps - alone, 1e-3))


def row_lessons(row: Row, corpus: Path) -> tuple[list[Lesson], list[Lesson]]:
    """Return what a row learns from, and what it is validated on."""
    variant = cleaned_variant(clean=row.cleaned, augment=False)
    training = lessons(corpus, row.voices, "train", variant)
    if row.augmented:
        varied = lessons(
            corpus, row.voices, "train", cleaned_variant(clean=row.cleaned, augment=True), every=2
        )
        training += [replace(lesson, voice=lesson.voice + _COPY) for lesson in varied]
    return training, lessons(corpus, row.voices, "valid", variant)


def _languages() -> dict[str, str]:
    return LANGUAGES | {voice + _COPY: language for voice, language in LANGUAGES.items()}


def _options(budget: Budget, steps: int, rate: float) -> TrainOptions:
    return TrainOptions(
        steps=steps, seed=budget.seed, learning_rate=rate, clip_norm=1.0, save_every=50, validate_every=100
    )
