import numpy as np
import pytest

from app.audio.pitch import pitch


@pytest.mark.parametrize("hz", [80, 150, 320])
def test_pitch_finds_the_tone_of_a_buzz(hz: float) -> None:
    time = np.arange(16_000) / 16_000
    buzz = sum(np.sin(2 * np.pi * hz * k * time) / k for k in range(1, 6))
    found = pitch(np.asarray(0.1 * buzz, np.float32))
    assert np.median(found) == pytest.approx(hz, rel=0.01)
    assert (found > 0).mean() > 0.9


def test_pitch_hears_no_voice_in_noise_or_silence() -> None:
    hiss = np.random.default_rng(1).standard_normal(16_000).astype(np.float32)
    assert (pitch(hiss) > 0).mean() < 0.1
    assert not pitch(np.zeros(16_000, np.float32)).any()
