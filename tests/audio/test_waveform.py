import numpy as np
import pytest

from app.audio.waveform import Span, Waveform


def ramp(channels: int = 1, n: int = 100, sample_rate: int = 10) -> Waveform:
    return Waveform(np.arange(channels * n, dtype=np.float32).reshape(channels, n) / 1000, sample_rate)


def test_duration_is_samples_over_rate() -> None:
    assert ramp(n=105).duration_s == 10.5
    assert Span(1.5, 4.0).duration_s == 2.5


@pytest.mark.parametrize(
    ("samples", "sample_rate"),
    [
        (np.zeros(5, np.float32), 16_000),
        (np.zeros((1, 5), np.float64), 16_000),
        (np.zeros((1, 5), np.int16), 16_000),
        (np.zeros((1, 5), np.float32), 0),
    ],
)
def test_a_wrong_shape_type_or_rate_is_refused_where_it_is_made(
    samples: np.ndarray, sample_rate: int
) -> None:
    with pytest.raises(ValueError, match="must be"):
        Waveform(samples, sample_rate)


def test_mono_is_the_mean_of_the_channels() -> None:
    stereo = Waveform(np.array([[1.0, 0.0], [0.0, 0.5]], np.float32), 8000)
    np.testing.assert_array_equal(stereo.mono(), np.array([0.5, 0.25], np.float32))
    assert stereo.mono().dtype == np.float32


def test_mono_of_one_channel_copies_nothing() -> None:
    one = ramp()
    assert np.shares_memory(one.mono(), one.samples)


def test_cut_returns_the_stretch_without_copying() -> None:
    sound = ramp()
    part = sound.cut(2.0, 3.0)
    np.testing.assert_array_equal(part.samples, sound.samples[:, 20:30])
    assert np.shares_memory(part.samples, sound.samples)


@pytest.mark.parametrize(
    ("start_s", "end_s", "n"), [(-5, 1, 10), (9, 99, 10), (50, 60, 0), (3, 3, 0), (5, 2, 0), (-2, -1, 0)]
)
def test_cut_is_clipped_to_what_is_there(start_s: float, end_s: float, n: int) -> None:
    assert ramp().cut(start_s, end_s).samples.shape == (1, n)
