"""Repair and voices trained in one graph."""

import numpy as np
import pytest
import torch

from app.audio.espeak import Phone
from app.nets import world
from app.nets.repair import RepairConfig, RepairNet
from app.nets.resynthesis import ResynthesisNet
from app.nets.synthesis import SynthesisConfig, SynthesisNet
from app.training.experiment.joint import joint_task
from app.training.lessons import Lesson
from tests.training.conftest import speak_like

PHONES = (Phone("", 0, 0), Phone("a", 0, 0), Phone("t", 0, 0), Phone("", 0, 0))
STEPS = np.array([5, 20, 10, 5])
TINY_REPAIR = RepairConfig(n_bands=80, channels=(4, 6, 8, 8), lstm_size=8, lstm_layers=1)
TINY_VOICES = SynthesisConfig(("", "a", "t"), ("en-a",), ("en",), 8, 4, 8, 8)


def make_net() -> ResynthesisNet:
    torch.manual_seed(0)
    return ResynthesisNet(SynthesisNet(TINY_VOICES), RepairNet(TINY_REPAIR))


@pytest.fixture(scope="module")
def taught() -> list[Lesson]:
    found = []
    for seed in range(3):
        sound = speak_like(seed, 0.4)
        frames = world.analyse(sound)[:80]
        pcm = (sound * 32767).astype(np.int16)
        found.append(Lesson("en-a", "at", PHONES, STEPS, frames, pcm))
    return found


def test_the_loss_of_synthesis_reaches_the_repair(taught: list[Lesson]) -> None:
    net = make_net()
    torch.nn.init.normal_(net.listening[-1].weight, std=0.1)  # it begins deaf
    wave = torch.from_numpy(taught[0].sound)[None]
    flags, voice = torch.zeros(1, 4, 3), torch.tensor([0])
    zeros = torch.zeros_like(wave)
    phones = torch.tensor([[0, 1, 2, 0]])
    _, frames, _ = net(wave, zeros, zeros, phones, flags, voice, torch.from_numpy(STEPS)[None])
    assert frames.shape == (1, 80, world.N_FEATURES)
    frames.abs().mean().backward()
    reached = [p.grad is not None and bool(p.grad.abs().sum() > 0) for p in net.repair.mask.parameters()]
    assert all(reached)


def test_it_begins_as_the_voices_that_it_is_made_of(taught: list[Lesson]) -> None:
    net = make_net().eval()
    wave = torch.from_numpy(taught[0].sound)[None]
    said = (
        torch.tensor([[0, 1, 2, 0]]),
        torch.zeros(1, 4, 3),
        torch.tensor([0]),
        torch.from_numpy(STEPS)[None],
    )
    with torch.inference_mode():
        _, frames, _ = net(wave, torch.zeros_like(wave), torch.zeros_like(wave), *said)
        assert torch.allclose(frames, net.voices(*said)[0])


def test_a_batch_is_repeated_exactly_and_its_loss_teaches_every_part(taught: list[Lesson]) -> None:
    task = joint_task(taught, taught[:1], make_net, batch=2, seed=0)
    batch = task.batch(1)
    assert all(torch.equal(a.nan_to_num(), b.nan_to_num()) for a, b in zip(batch, task.batch(1), strict=True))
    assert not torch.equal(batch[0], task.batch(2)[0])
    net = task.make_net()
    task.loss(net, batch).backward()
    for part in ("repair.mask.weight", "listening.4.weight", "voices.out.weight"):
        gradient = net.get_parameter(part).grad
        assert gradient is not None
        assert gradient.abs().sum() > 0
    assert set(task.validate(net.eval())) == {"loss", "repair"}
