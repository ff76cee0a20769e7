"""Levels of noise and speech, and the peaks of a waveform."""

import numpy as np
import pytest

from app.audio.levels import N_PEAKS, SILENCE_DB, levels, survey
from app.audio.waveform import Waveform
from tests.making import syllables


def with_noise(noise_db: float, duration_s: float = 70.0) -> Waveform:
    speech = syllables(duration_s)
    noise = np.random.default_rng(3).standard_normal(speech.samples.shape) * 10 ** (noise_db / 20)
    return Waveform((speech.samples + noise).astype(np.float32), speech.sample_rate)


@pytest.mark.parametrize("noise_db", [-30.0, -40.0, -50.0])
def test_the_noise_floor_is_what_was_mixed_in(noise_db: float) -> None:
    found = survey(with_noise(noise_db)).levels
    assert found.noise_db == pytest.approx(noise_db, abs=1.5)
    assert found.speech_db > found.noise_db + 10


def test_the_speech_level_does_not_follow_the_noise() -> None:
    quiet, loud = (survey(with_noise(db)).levels for db in (-60.0, -35.0))
    assert quiet.speech_db == pytest.approx(loud.speech_db, abs=0.5)


def test_silence_and_nothing_have_a_level_too() -> None:
    silence = Waveform(np.zeros((1, 16000), np.float32), 16000)
    for found in (survey(silence).levels, levels(np.zeros(0, np.float32))):
        assert (found.noise_db, found.speech_db) == (SILENCE_DB, SILENCE_DB)


@pytest.mark.parametrize("n", [0, 5, 16_000, 70 * 16_000])
def test_peaks_show_where_it_was_loud(n: int) -> None:
    samples = np.zeros((2, n), np.float32)
    samples[:, n // 2 : n // 2 + 1] = -0.5
    peaks = survey(Waveform(samples, 16_000)).peaks
    assert len(peaks) == N_PEAKS
    if n:
        assert peaks.index(max(peaks)) == pytest.approx(n // 2 * N_PEAKS / n, abs=1)
        assert max(peaks) == 0.5
        assert sum(peaks) == 0.5


def test_what_look_raises_ends_the_reading() -> None:
    def stop(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        survey(syllables(1.0), stop)
