"""Quiet voices are raised, loud ones and silence left as they are."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio.levelling import MAX_GAIN_DB, TARGET_DB, LevelledSound
from app.audio.waveform import SPEECH_RATE_HZ, Samples, Waveform
from app.engines.compute.device import Device
from app.engines.silero import SileroVoiceDetector
from tests.making import syllables

JFK = Path(__file__).parents[1] / "media/jfk.flac"


@pytest.fixture(scope="module")
def detector() -> Iterator[SileroVoiceDetector]:
    device = Device("cpu")
    device.start()
    yield SileroVoiceDetector(device)
    device.stop()


def at_level(samples: Samples, decibels: float) -> Samples:
    """Return the samples as 16-bit sound of that gain has them."""
    scaled = np.round(samples * 10 ** (decibels / 20) * 32_767) / 32_767
    quiet: Samples = scaled.astype(np.float32)
    return quiet


def spoken_s(detector: SileroVoiceDetector, samples: Samples, start_s: float = 0.0) -> float:
    sound = LevelledSound(Waveform(samples[None], SPEECH_RATE_HZ))
    return sum(span.duration_s for span in detector.detect(sound, lambda _: None) if span.end > start_s)


@pytest.fixture(scope="module")
def speech() -> Samples:
    samples, rate = soundfile.read(JFK, dtype="float32")
    assert rate == SPEECH_RATE_HZ
    mono: Samples = samples if samples.ndim == 1 else samples.mean(axis=1)
    return mono


@pytest.mark.parametrize("decibels", [0, -30, -40, -50])
def test_speech_of_any_level_is_found(
    detector: SileroVoiceDetector, speech: Samples, decibels: float
) -> None:
    assert spoken_s(detector, at_level(speech, decibels)) > 9


def test_a_quiet_voice_after_a_loud_one_is_found(detector: SileroVoiceDetector, speech: Samples) -> None:
    both = np.concatenate([speech, at_level(speech, -45)])
    assert spoken_s(detector, both, len(speech) / SPEECH_RATE_HZ + 0.5) > 8


@pytest.mark.parametrize("decibels", [-20, -50, -70])
@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_noise_does_not_become_speech(detector: SileroVoiceDetector, slope: float, decibels: float) -> None:
    n = 60 * SPEECH_RATE_HZ
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(n))
    noise = np.fft.irfft(spectrum / np.maximum(20, np.arange(len(spectrum))) ** slope, n)
    assert spoken_s(detector, at_level(noise / noise.std(), decibels)) == 0


def test_what_is_loud_and_what_is_silent_stays_as_it_is() -> None:
    loud = syllables(4.0)
    np.testing.assert_array_equal(LevelledSound(loud).cut(1, 2).samples, loud.cut(1, 2).samples)
    silent = LevelledSound(Waveform(np.zeros((1, 32_000), np.float32), SPEECH_RATE_HZ))
    assert not silent.cut(0, 2).samples.any()


def test_the_gain_is_bounded() -> None:
    tone = np.full((1, 64_000), 1e-2, np.float32)
    assert raised_db(tone) == pytest.approx(40 + TARGET_DB, abs=0.1)
    assert raised_db(tone / 1e3) == pytest.approx(MAX_GAIN_DB, abs=0.1)


def test_what_lacks_little_is_left_as_it_is_where_that_is_wanted() -> None:
    tone = np.full((1, 64_000), 1e-2, np.float32)
    assert raised_db(tone, above_db=20) == pytest.approx(0, abs=1e-6)
    assert raised_db(tone, above_db=10) == pytest.approx(40 + TARGET_DB, abs=0.1)


def raised_db(samples: Samples, above_db: float = 0.0) -> float:
    raised = LevelledSound(Waveform(samples, SPEECH_RATE_HZ), above_db).cut(1, 2).samples
    return float(20 * np.log10((raised / samples[0, 0]).mean()))


def test_a_stretch_is_the_same_however_it_is_cut() -> None:
    sound = LevelledSound(Waveform(at_level(syllables(8.0).samples, -40), SPEECH_RATE_HZ))
    whole = sound.cut(0, 8).samples
    np.testing.assert_allclose(sound.cut(3, 5).samples, whole[:, 48_000:80_000], rtol=1e-4)
