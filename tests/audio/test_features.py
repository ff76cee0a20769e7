import numpy as np
import pytest

from app.audio.features import FLOOR_DB, log_mel, mel_filters


def tone(hz: float, seconds: float = 1.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * 16_000)) / 16_000)).astype(np.float32)


@pytest.mark.parametrize("hz", [200, 1000, 4000])
def test_a_tone_is_loudest_in_its_own_band(hz: int) -> None:
    band = int(log_mel(tone(hz), 64).mean(axis=0).argmax())
    assert mel_filters(64, 1024, 16_000)[band, round(hz * 1024 / 16_000)] > 0


def test_there_is_a_frame_every_ten_milliseconds() -> None:
    assert log_mel(tone(440), 40).shape == (98, 40)


def test_ten_times_the_amplitude_is_twenty_decibels_more() -> None:
    quiet, loud = log_mel(tone(440) * np.float32(0.1), 40), log_mel(tone(440), 40)
    np.testing.assert_allclose((loud - quiet)[quiet > FLOOR_DB + 20], 20, atol=0.1)


def test_silence_and_a_single_sample_are_at_the_floor() -> None:
    assert log_mel(np.zeros(1, np.float32), 40).shape == (1, 40)
    np.testing.assert_allclose(log_mel(np.zeros(16_000, np.float32), 40), FLOOR_DB, atol=1e-4)
