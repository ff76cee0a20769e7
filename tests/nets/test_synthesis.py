from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from app.audio.espeak import Phone
from app.nets import checkpoint, world
from app.nets.synthesis import SynthesisConfig, SynthesisNet, inputs, regulate
from app.training.lessons import Lesson
from app.training.loop import Batch, Task, TrainOptions, train
from app.training.train_multispeaker import synthesis_task
from tests.training.conftest import speak_like

CONFIG = SynthesisConfig(("", "a", "t"), ("one", "two"), ("en", "ru"), 8, 4, 8, 8)
PHONES = tuple(Phone(symbol, 0, 0) for symbol in ("", "a", "t", "a", ""))


def lesson(voice: str, seed: int) -> Lesson:
    frames = world.analyse(speak_like(seed, 1.0))[:100]
    return Lesson(voice, "a ta", PHONES, np.array([5, 20, 5, 15, 5]), frames, np.zeros(8000, np.int16))


@pytest.fixture(scope="module")
def task() -> Task[SynthesisNet]:
    lessons = [lesson("one", 1), lesson("two", 4)]
    return synthesis_task(lessons, lessons, CONFIG, batch=2)


def test_phones_are_repeated_for_their_durations() -> None:
    coded = torch.tensor([[1.0], [2.0], [3.0]])
    long = regulate(coded, torch.tensor([2, 0, 3]))
    assert long[:, 0].tolist() == [1, 1, 3, 3, 3]
    assert torch.allclose(long[2:, 1], torch.tensor([0, 1 / 3, 2 / 3]))


def test_twenty_steps_lower_the_loss_and_resume_exactly(task: Task[SynthesisNet], tmp_path: Path) -> None:
    plan = TrainOptions(steps=20, save_every=10, validate_every=20, warm_up=2, learning_rate=1e-2)
    torch.manual_seed(plan.seed)
    before = task.loss(task.make_net(), task.batch(0)).item()

    def killed_batch(step: int) -> Batch:
        if step == 15:
            raise KeyboardInterrupt
        return task.batch(step)

    with pytest.raises(KeyboardInterrupt):
        train(replace(task, batch=killed_batch), tmp_path / "killed", plan)
    resumed = train(task, tmp_path / "killed", plan)
    straight = train(task, tmp_path / "straight", plan).state_dict()
    assert all(torch.equal(straight[name], value) for name, value in resumed.state_dict().items())
    kept = checkpoint.load(tmp_path / "killed", "synthesis")
    assert isinstance(kept, SynthesisNet)
    assert kept.config == CONFIG
    assert task.loss(kept, task.batch(0)).item() < 0.9 * before


def test_every_speaker_sounds_different_and_speed_shortens(task: Task[SynthesisNet]) -> None:
    torch.manual_seed(0)
    net = task.make_net().eval()
    numbers, flags = inputs(PHONES, "a ta?", CONFIG.phones)
    with torch.inference_mode():
        spoken = [net.speak(numbers[None], flags[None], torch.tensor([v])) for v in (0, 1)]
        slow = net.speak(numbers[None], flags[None], torch.tensor([0]), speed=0.2)
    assert not torch.allclose(spoken[0][:5], spoken[1][:5])
    assert len(slow) > len(spoken[0])
    assert flags[0].tolist() == [0, 0, 1]
