from pathlib import Path

import numpy as np
import pytest
import torch

from app.audio.waveform import Waveform
from app.engines.compute.device import Device
from app.engines.repair import Repair
from app.errors import EngineUnavailable, JobCancelled
from app.nets import checkpoint
from app.nets.repair import RepairConfig, RepairNet

TINY = RepairConfig(n_bands=80, channels=(4, 6, 8, 8), lstm_size=8, lstm_layers=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Keep a net that halves what it hears."""
    net = RepairNet(TINY)
    with torch.no_grad():
        assert net.mask.bias is not None
        net.mask.bias[0] = -0.5
    checkpoint.save(tmp_path / "repair", "repair", net, {})
    return tmp_path / "repair"


def noise(seconds: float) -> Waveform:
    samples = np.random.default_rng(0).standard_normal((2, int(seconds * 16_000))) * 0.1
    return Waveform(samples.astype(np.float32), 16_000)


def test_repair_hands_on_sound_of_the_same_length_in_order(folder: Path) -> None:
    sound, pieces, seen = noise(17.3), list[Waveform](), list[float]()
    with Device() as device:
        Repair(folder, device).separate(sound, pieces.append, seen.append)
    joined = np.concatenate([piece.samples for piece in pieces], axis=1)
    assert len(pieces) > 1
    assert {piece.sample_rate for piece in pieces} == {16_000}
    assert np.allclose(joined[0], sound.mono() / 2, atol=1e-4)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_repair_stops_between_windows(folder: Path) -> None:
    pieces: list[Waveform] = []

    def cancelled(_: float) -> None:
        raise JobCancelled

    with Device() as device, pytest.raises(JobCancelled):
        Repair(folder, device).separate(noise(30), pieces.append, cancelled)
    assert len(pieces) == 1


@pytest.mark.parametrize("n_pieces", [1, 2])
def test_what_goes_on_after_a_kill_comes_to_what_a_whole_run_comes_to(folder: Path, n_pieces: int) -> None:
    sound, whole, rest = noise(19.7), list[Waveform](), list[Waveform]()
    with Device() as device:
        engine = Repair(folder, device)
        engine.separate(sound, whole.append, lambda _: None)
        start = sum(piece.samples.shape[1] for piece in whole[:n_pieces])
        engine.separate(sound, rest.append, lambda _: None, start)
    assert len(whole) == 3
    assert len(rest) == 3 - n_pieces
    for one, other in zip(whole[n_pieces:], rest, strict=True):
        assert np.allclose(one.samples, other.samples, atol=1e-6)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with Device() as device, pytest.raises(EngineUnavailable, match="cannot be used"):
        Repair(tmp_path, device)
