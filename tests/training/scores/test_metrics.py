import numpy as np
import pytest

from app.audio.waveform import Samples
from app.training.scores import metrics
from tests.training.conftest import noisy


def test_q_of_the_same_sound_is_zero_at_any_level(clean: Samples) -> None:
    assert metrics.quality(clean, clean).q == pytest.approx(0, abs=1e-9)
    assert metrics.quality(clean, clean * np.float32(0.3)).q == pytest.approx(0, abs=1e-6)


def test_q_grows_with_the_noise(clean: Samples) -> None:
    found = [metrics.quality(clean, noisy(clean, snr)).q for snr in (20, 10, 0)]
    assert found == sorted(found)
    assert found[0] < 0.5 * found[-1]


def test_q_is_the_weighted_sum_of_its_terms() -> None:
    assert metrics.Quality(0.1, 0.9, 0.8).q == pytest.approx(0.5 * 0.1 + 0.3 * 0.1 + 0.2 * 0.2)


def test_si_sdr_is_the_ratio_that_was_mixed(clean: Samples) -> None:
    assert metrics.si_sdr(clean, noisy(clean, 5)) == pytest.approx(5, abs=0.3)
    assert metrics.si_sdr(clean, 0.1 * clean) == 100


def test_pesq_and_stoi_prefer_less_noise(clean: Samples) -> None:
    assert metrics.pesq_wb(clean, clean) > 4.5
    assert metrics.stoi(clean, noisy(clean, 15)) > metrics.stoi(clean, noisy(clean, -5))
