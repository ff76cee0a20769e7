import math

import pytest
import torch

from app.nets.sincnet import KERNEL, SincFilters, SincNet


def response(filters: torch.Tensor, hz: float) -> torch.Tensor:
    """Return how loud each filter makes a tone."""
    t = torch.arange(KERNEL) / 16_000
    wave = torch.stack([(2 * math.pi * hz * t).cos(), (2 * math.pi * hz * t).sin()])
    return (filters[:, 0] @ wave.T).norm(dim=1)


def test_a_filter_passes_its_band_alone_in_both_phases() -> None:
    bank = SincFilters()
    with torch.no_grad():
        bank.low_hz_[5], bank.band_hz_[5] = 950.0, 450.0  # with the least of both: from 1000 to 1500 Hz
        filters = bank.filters()
    assert filters.shape == (80, 1, KERNEL)
    for phase in (5, 45):
        inside, below, above = (float(response(filters, hz)[phase]) for hz in (1250.0, 600.0, 2000.0))
        assert inside > 10 * max(below, above)


def test_cosine_filters_are_even_and_sine_filters_odd() -> None:
    even, odd = SincFilters().filters().detach().chunk(2)
    assert torch.allclose(even, even.flip(-1), atol=1e-6)
    assert torch.allclose(odd, -odd.flip(-1), atol=1e-6)


@pytest.mark.parametrize("gain", [0.01, 1.0])
def test_loudness_does_not_count(gain: float) -> None:
    net, sound = SincNet().eval(), torch.randn(1, 1, 16_000, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert net(sound).shape == (1, 60, 56)
        assert torch.allclose(net(sound), net(gain * sound), atol=0.02)
