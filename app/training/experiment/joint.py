"""Trains repair and voices in one graph: damaged speech is repaired, heard, and said by the voices."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from app.audio.waveform import Samples
from app.nets.repair import pitch_loss, repair_loss
from app.nets.restoration import mend
from app.nets.resynthesis import ResynthesisNet
from app.nets.synthesis import synthesis_loss
from app.training.damage.damage import damage, random_spec, undamaged
from app.training.lessons import Lesson
from app.training.loop import Batch, Task
from app.training.sound_variants import damaged
from app.training.train_multispeaker import collated, drawn

REPAIR_SHARE = 0.1
"""What the repair's own loss counts beside that of synthesis: enough to keep what it gives speech."""

Pair = tuple[Samples, Samples]  # damaged, and what a repair can give back; (n,) each


def joint_task(
    training: Sequence[Lesson],
    validation: Sequence[Lesson],
    make_net: Callable[[], ResynthesisNet],
    *,
    batch: int,
    seed: int,
) -> Task[ResynthesisNet]:
    """Learn to say what is heard in damaged speech; a batch is a function of (seed, step)."""
    known = make_net().voices
    config, mean, deviation = known.config, known.mean, known.deviation

    def collate(lessons: Sequence[Lesson], pairs: Sequence[Pair]) -> Batch:
        return *waves(pairs), *collated(lessons, config, mean, deviation)

    def draw(step: int) -> Batch:
        rng = np.random.default_rng([seed, 6, step])
        chosen = drawn(training, batch, rng)
        others = [lesson.sound for lesson in chosen]
        pairs = []
        for i, sound in enumerate(others):
            spec = random_spec(rng, "train")
            broken, _ = damage(sound, rng, spec, others[:i] + others[i + 1 :] or others)
            pairs.append((broken, undamaged(sound, spec)))
        return collate(chosen, pairs)

    def loss(net: ResynthesisNet, given: Batch) -> Tensor:
        wave, gaps, clipped, clean, phones, flags, voice, steps, truth = given
        repaired, frames, durations = net(wave, gaps, clipped, phones, flags, voice, steps)
        said = synthesis_loss(net.voices, frames, durations, truth, steps)
        mended = repair_loss(net.repair, repaired, clean) + pitch_loss(repaired, clean)
        return said + REPAIR_SHARE * mended

    held_out = [
        collate(some, [(damaged(lesson.sound, "valid"), lesson.sound) for lesson in some])
        for some in (validation[i : i + batch] for i in range(0, len(validation), batch))
    ]

    def validate(net: ResynthesisNet) -> dict[str, float]:
        said, mended = [], []
        for wave, gaps, clipped, clean, phones, flags, voice, steps, truth in held_out:
            repaired, frames, durations = net(wave, gaps, clipped, phones, flags, voice, steps)
            said.append(synthesis_loss(net.voices, frames, durations, truth, steps).item())
            mended.append((repair_loss(net.repair, repaired, clean) + pitch_loss(repaired, clean)).item())
        return {"loss": float(np.mean(said)), "repair": float(np.mean(mended))}

    return Task("resynthesis", make_net, draw, loss, validate)


def waves(pairs: Sequence[Pair]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return what is damaged, mended without a net; its gaps and clipped peaks; and the clean waves."""
    mended = [mend(broken) for broken, _ in pairs]
    columns = (
        [one.samples for one in mended],
        [one.gaps.astype(np.float32) for one in mended],
        [one.clipped.astype(np.float32) for one in mended],
        [clean for _, clean in pairs],
    )
    wave, gaps, clipped, clean = (
        pad_sequence([torch.from_numpy(one) for one in column], batch_first=True) for column in columns
    )
    return wave, gaps, clipped, clean
