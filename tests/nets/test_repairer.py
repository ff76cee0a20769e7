from dataclasses import dataclass

import numpy as np
import pytest
import torch

from app.audio.waveform import Samples
from app.nets.repair import RepairConfig, RepairNet
from app.nets.repairer import Repairer

TINY = RepairConfig(n_bands=80, channels=(4, 6, 8, 8), lstm_size=8, lstm_layers=1)


@dataclass
class Reader:
    """Remembers how much was asked for at once."""

    samples: Samples
    longest_s: float = 0.0

    def cut(self, start_s: float, end_s: float) -> Samples:
        self.longest_s = max(self.longest_s, end_s - start_s)
        return self.samples[round(start_s * 16_000) : round(end_s * 16_000)]


def noise(seconds: float) -> Samples:
    return (np.random.default_rng(0).standard_normal(int(seconds * 16_000)) * 0.1).astype(np.float32)


def net_times(factor: float) -> RepairNet:
    """Multiply everything: the mask's offset is its bias."""
    net = RepairNet(TINY).eval()
    with torch.no_grad():
        assert net.mask.bias is not None
        net.mask.bias[0] = factor - 1
    return net


def test_long_sound_is_repaired_in_windows_without_seams() -> None:
    reader = Reader(noise(21.3))
    pieces = list(Repairer(net_times(0.5)).stream(reader.cut, 21.3))
    joined = np.concatenate(pieces)
    assert len(pieces) == 3
    assert reader.longest_s <= 8
    assert joined.shape == reader.samples.shape
    assert np.allclose(joined, reader.samples / 2, atol=1e-4)


def test_short_and_empty_sound_is_repaired() -> None:
    repairer = Repairer(net_times(0.5))
    assert repairer.repair(noise(0.05)).shape == (800,)
    assert repairer.repair(np.zeros(0, np.float32)).shape == (0,)


def test_what_the_net_hardly_changes_is_left_alone() -> None:
    sound = noise(4.0)
    assert np.array_equal(Repairer(net_times(0.999)).repair(sound), sound)
    assert not np.array_equal(Repairer(net_times(0.9)).repair(sound), sound)


def test_trust_falls_between_the_limits() -> None:
    repairer, sound = Repairer(net_times(0.5)), noise(1.0)
    shares = [repairer.trust(sound, sound * np.float32(1 - 10 ** (-db / 20))) for db in (20, 34, 37, 40, 60)]
    assert shares == pytest.approx([1, 1, 0.5, 0, 0], abs=0.01)


def test_silence_stays_silence() -> None:
    assert not Repairer(net_times(0.5)).repair(np.zeros(16_000, np.float32)).any()
