from dataclasses import dataclass

import numpy as np
import torch

from app.audio.waveform import Samples
from app.nets.repair import RepairConfig, RepairNet
from app.nets.repairer import Repairer, RepairOptions, swing_db

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


def quieting_net() -> RepairNet:
    """Halve everything: a mask offset of -0.5."""
    net = RepairNet(TINY).eval()
    with torch.no_grad():
        assert net.mask.bias is not None
        net.mask.bias[0] = -0.5
    return net


def test_long_sound_is_repaired_in_windows_without_seams() -> None:
    reader = Reader(noise(21.3))
    pieces = list(Repairer(quieting_net()).stream(reader.cut, 21.3))
    joined = np.concatenate(pieces)
    assert len(pieces) == 3
    assert reader.longest_s <= 8
    assert joined.shape == reader.samples.shape
    assert np.allclose(joined, reader.samples / 2, atol=1e-4)


def test_short_and_empty_sound_is_repaired() -> None:
    repairer = Repairer(quieting_net())
    assert repairer.repair(noise(0.05)).shape == (800,)
    assert repairer.repair(np.zeros(0, np.float32)).shape == (0,)


def test_sound_that_swings_like_clean_speech_is_left_alone() -> None:
    swinging = noise(4.0) * np.repeat(np.tile([1.0, 1e-4], 20), 1600).astype(np.float32)
    assert swing_db(swinging) > 60
    assert np.array_equal(Repairer(quieting_net()).repair(swinging), swinging)


def test_trust_falls_between_the_limits() -> None:
    repairer = Repairer(quieting_net(), RepairOptions(noisy_db=0.0, clean_db=2 * swing_db(noise(4.0))))
    assert 0.4 < repairer.trust(noise(4.0)) < 0.6


def test_a_muted_stretch_does_not_pass_for_clean_speech() -> None:
    sound = noise(8.0)
    sound[32_000:96_000] = 0
    assert swing_db(sound) < 3
