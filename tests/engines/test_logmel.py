import numpy as np
import pytest

from app.audio.waveform import Waveform
from app.engines.logmel import DIMENSION, LogMel
from app.errors import BadInput
from tests.making import syllables


def vector(sound: Waveform) -> np.ndarray:
    return LogMel().embed(sound, "pca", lambda _: None).vector


def test_the_vector_has_its_size_and_no_hole() -> None:
    found = vector(syllables(3.0))
    assert found.shape == (DIMENSION,)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_loudness_does_not_count() -> None:
    sound = syllables(3.0)
    quiet = Waveform(sound.samples * np.float32(0.1), sound.sample_rate)
    assert np.allclose(vector(sound), vector(quiet), atol=0.05)


def test_another_room_is_farther_away_than_another_stretch_of_the_same() -> None:
    here, again = vector(syllables(5.0, seed=0)), vector(syllables(5.0, seed=1))
    dull = syllables(5.0, seed=2).samples
    dull = np.apply_along_axis(lambda row: np.convolve(row, np.ones(8) / 8, "same"), 1, dull)
    other = vector(Waveform(dull.astype(np.float32), 16_000))
    assert np.linalg.norm(here - again) < 0.5 * np.linalg.norm(here - other)


def test_a_sound_longer_than_a_window_is_told_of_as_it_goes() -> None:
    told: list[float] = []
    LogMel().embed(syllables(70.0), "pca", told.append)
    assert len(told) >= 3
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_no_sound_has_no_vector() -> None:
    with pytest.raises(BadInput):
        vector(Waveform(np.zeros((1, 0), np.float32), 16_000))
