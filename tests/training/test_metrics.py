import numpy as np
import pytest

from app.audio.pitch import pitch
from app.audio.waveform import Samples
from app.training import metrics
from app.training.features import clean as cleaned
from app.training.features import log_mel, loudness, trim
from app.training.wiener import wiener


def noisy(sound: Samples, snr_db: float) -> Samples:
    noise = np.random.default_rng(2).standard_normal(len(sound))
    power = np.mean(sound**2) * 10 ** (-snr_db / 10)
    return np.asarray(sound + noise * np.sqrt(power), np.float32)


def test_q_of_the_same_sound_is_zero_at_any_level(clean: Samples) -> None:
    assert metrics.quality(clean, clean).q == pytest.approx(0, abs=1e-9)
    assert metrics.quality(clean, clean * np.float32(0.3)).q == pytest.approx(0, abs=1e-6)


def test_q_grows_with_the_noise(clean: Samples) -> None:
    found = [metrics.quality(clean, noisy(clean, snr)).q for snr in (20, 10, 0)]
    assert found == sorted(found)
    assert found[0] < 0.5 * found[-1]


def test_q_is_the_weighted_sum_of_its_terms() -> None:
    assert metrics.Quality(0.1, 0.9, 0.8).q == pytest.approx(0.5 * 0.1 + 0.3 * 0.1 + 0.2 * 0.2)


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


def test_si_sdr_is_the_ratio_that_was_mixed(clean: Samples) -> None:
    assert metrics.si_sdr(clean, noisy(clean, 5)) == pytest.approx(5, abs=0.3)
    assert metrics.si_sdr(clean, 0.1 * clean) == 100


def test_pesq_and_stoi_prefer_less_noise(clean: Samples) -> None:
    assert metrics.pesq_wb(clean, clean) > 4.5
    assert metrics.stoi(clean, noisy(clean, 15)) > metrics.stoi(clean, noisy(clean, -5))


def test_loudness_is_the_rms() -> None:
    tone = np.asarray(np.sin(np.arange(16_000) * 0.5), np.float32)
    assert loudness(tone)[5:-5] == pytest.approx(np.full(len(loudness(tone)) - 10, 0.5**0.5), abs=0.01)


def test_silence_around_speech_is_trimmed_and_its_level_set(clean: Samples) -> None:
    padded = np.pad(clean * np.float32(0.1), 16_000)
    assert len(trim(padded)) < len(clean) + 4000
    assert np.abs(cleaned(padded)).max() == pytest.approx(0.9, abs=0.05)


def test_mel_has_a_row_every_ten_ms(clean: Samples) -> None:
    assert log_mel(clean).shape == (201, 80)


def test_the_wiener_baseline_takes_steady_noise_away(clean: Samples) -> None:
    sound = noisy(clean, 5)
    assert metrics.si_sdr(clean, wiener(sound)) > metrics.si_sdr(clean, sound) + 1
