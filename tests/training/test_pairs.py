import numpy as np
import pytest
import torch

from app.training.pairs import Pairs, SpeakerTakes
from tests.training.conftest import speak_like


@pytest.fixture(scope="module")
def speech() -> list[SpeakerTakes]:
    takes = tuple((speak_like(seed) * 32767).astype(np.int16) for seed in range(3))
    return [SpeakerTakes("recorded", True, takes), SpeakerTakes("espeak-a", False, takes)]


def test_a_batch_is_four_tensors_of_one_size_within_what_sound_may_be(speech: list[SpeakerTakes]) -> None:
    damaged, gaps, clipped, clean = Pairs(speech, seconds=0.5, batch=3)(0)
    assert damaged.shape == gaps.shape == clipped.shape == clean.shape == (3, 8000)
    assert torch.isfinite(damaged).all()
    assert clean.abs().max() <= 1.01
    assert set(gaps.unique().tolist()) | set(clipped.unique().tolist()) <= {0.0, 1.0}


def test_a_sample_is_a_function_of_seed_step_and_place(speech: list[SpeakerTakes]) -> None:
    one, other = Pairs(speech, seconds=0.5, batch=2), Pairs(speech, seconds=0.5, batch=2)
    other(3)  # what came before does not count
    assert all(torch.equal(a, b) for a, b in zip(one(7), other(7), strict=True))
    assert not torch.equal(one(7)[3], one(8)[3])
    assert not torch.equal(one(7)[3][0], one(7)[3][1])
    assert not torch.equal(one(7)[3], Pairs(speech, seconds=0.5, batch=2, seed=1)(7)[3])


def test_a_stretch_longer_than_a_take_is_joined_of_several(speech: list[SpeakerTakes]) -> None:
    clean = Pairs(speech, seconds=5.0, batch=1)(0)[3]
    assert clean.shape == (1, 80_000)
    assert clean[0, -16_000:].abs().max() > 0
