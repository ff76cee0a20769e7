import numpy as np
import pytest

from app.audio.waveform import Span, Waveform
from app.engines.whisper.windows import Window, make_windows

APART = Window((Span(10, 14), Span(100, 108)))


def test_windows_are_filled_with_speech_whatever_silence_lies_between() -> None:
    spans = [Span(0, 10), Span(1000, 1010), Span(2000, 2010), Span(2020, 2021)]
    windows = list(make_windows(spans))
    assert [window.spans for window in windows] == [tuple(spans[:2]), tuple(spans[2:])]
    assert [window.duration_s for window in windows] == [20, 11]


def test_a_span_longer_than_a_window_is_cut() -> None:
    windows = list(make_windows([Span(0, 70)]))
    assert all(window.duration_s <= 28 for window in windows)
    assert sum(window.duration_s for window in windows) == pytest.approx(70)


def test_windows_are_short_as_long_as_they_have_to_be_and_no_span_is_cut_for_it() -> None:
    spans = [Span(20 * i, 20 * i + 6) for i in range(6)] + [Span(200, 225)]
    told = iter([10.0, 10.0, *[28.0] * 9])
    lengths = [window.duration_s for window in make_windows(spans, lambda: next(told))]
    assert lengths == [6, 6, 24, 25]


def test_samples_are_those_of_the_spans_end_to_end() -> None:
    ramp = Waveform(np.arange(110 * 100, dtype=np.float32)[None], 100)
    assert list(APART.samples(ramp)) == [*range(1000, 1400), *range(10_000, 10_800)]
    assert APART.places == (Span(0, 4), Span(4, 12))


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ((0, 1), (10, 11)),
        ((3, 4), (13, 14)),
        ((4, 5), (100, 101)),
        ((3.5, 5.5), (100, 101.5)),  # over the joint: laid where most of it is
        ((2.5, 4.5), (12.5, 14)),
        ((11, 13), (107, 108)),  # beyond the end
        ((4, 4), (14, 14)),
    ],
)
def test_times_in_a_window_lead_back_to_the_recording(
    inside: tuple[float, float], outside: tuple[float, float]
) -> None:
    place = APART.stretch(*inside)
    assert (place.start, place.end) == pytest.approx(outside)


def test_a_part_of_a_window_holds_what_is_said_in_it() -> None:
    assert APART.between(2, 12).spans == (Span(12, 14), Span(100, 108))
    assert APART.between(4, 12).spans == (Span(100, 108),)
    assert APART.between(6, 99).spans == (Span(102, 108),)
    assert APART.between(1, 5).spans == (Span(11, 14), Span(100, 101))
    assert APART.between(4, 4).spans == ()
