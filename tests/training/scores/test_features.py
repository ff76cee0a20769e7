import numpy as np
import pytest

from app.audio.waveform import Samples
from app.training.scores.features import clean as cleaned
from app.training.scores.features import log_mel, loudness, trim


def test_loudness_is_the_rms() -> None:
    tone = np.asarray(np.sin(np.arange(16_000) * 0.5), np.float32)
    assert loudness(tone)[5:-5] == pytest.approx(np.full(len(loudness(tone)) - 10, 0.5**0.5), abs=0.01)


def test_silence_around_speech_is_trimmed_and_its_level_set(clean: Samples) -> None:
    padded = np.pad(clean * np.float32(0.1), 16_000)
    assert len(trim(padded)) < len(clean) + 4000
    assert np.abs(cleaned(padded)).max() == pytest.approx(0.9, abs=0.05)


def test_mel_has_a_row_every_ten_ms(clean: Samples) -> None:
    assert log_mel(clean).shape == (201, 80)
