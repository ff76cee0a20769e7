import numpy as np
import pytest

from app.audio.waveform import Samples
from app.training.damage.spectrum import low_pass, recoloured, resonate, shaped, slow, unit


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def share_above(sound: Samples, hz: float) -> float:
    """Return the share of the power that lies above `hz`."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float(power[np.fft.rfftfreq(len(sound), 1 / 16_000) > hz].sum() / power.sum())


def test_noise_has_the_spectrum_that_is_asked_for() -> None:
    assert share_above(shaped(16_000, rng(), lambda hz: hz < 1000), 1100) < 0.05
    assert share_above(shaped(16_000, rng(), np.ones_like), 4000) == pytest.approx(0.5, abs=0.05)


def test_a_slow_contour_moves_slowly() -> None:
    contour = slow(160_000, rng(), 2)
    assert len(contour) == 160_000
    assert share_above(contour - contour.mean(), 10) < 0.01


def test_a_resonance_is_loudest_at_its_own_pitch() -> None:
    sound = resonate(shaped(16_000, rng(), np.ones_like), 1500, 50)
    loudest = np.fft.rfftfreq(len(sound), 1 / 16_000)[np.abs(np.fft.rfft(sound)).argmax()]
    assert loudest == pytest.approx(1500, abs=60)


def test_unit_power_is_one_and_silence_stays_silent() -> None:
    assert np.mean(unit(np.full(100, 7.0, np.float32)) ** 2) == pytest.approx(1)
    assert not unit(np.zeros(100, np.float32)).any()


def test_recolouring_changes_the_bands_and_not_the_length() -> None:
    sound = shaped(16_001, rng(), np.ones_like)
    assert np.allclose(recoloured(sound, rng(), 0), sound, atol=1e-4)
    bent = recoloured(sound, rng(), 6)
    assert len(bent) == len(sound)
    assert abs(share_above(bent, 4000) - share_above(sound, 4000)) > 0.02


def test_the_low_pass_cuts_above_and_moves_nothing() -> None:
    pulse = np.zeros(8000, np.float32)
    pulse[4000] = 1
    passed = low_pass(pulse, 1000)
    assert np.abs(passed).argmax() == pytest.approx(4000, abs=2)
    assert share_above(passed, 1500) < 0.02
