import numpy as np
import pytest

from app.training.corpus.resample import resample


def tone(hz: float, rate: int) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(rate) / rate).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
def test_a_tone_stays_the_same_tone(rate: int) -> None:
    heard = resample(tone(440, rate), rate)
    assert heard.dtype == np.float32
    assert len(heard) == 16_000
    assert np.abs(heard - tone(440, 16_000))[200:-200].max() < 0.01


def test_what_has_the_rate_already_is_left_as_it_is() -> None:
    sound = tone(440, 16_000)
    assert resample(sound, 16_000) is sound
