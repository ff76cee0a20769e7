import numpy as np
import pytest

from app.audio.waveform import Span, Waveform
from app.engines.whisper.windows import PAUSE_S, Window, make_windows

APART = Window((Span(10, 14), Span(100, 108)))
CLOSE = Window((Span(10, 14), Span(15, 18)))


def test_windows_are_filled_with_speech_whatever_silence_lies_between() -> None:
    spans = [Span(0, 10), Span(1000, 1010), Span(2000, 2010), Span(2020, 2021)]
    windows = list(make_windows(spans))
    assert [window.spans for window in windows] == [tuple(spans[:2]), tuple(spans[2:])]
    assert [window.duration_s for window in windows] == pytest.approx([20 + PAUSE_S, 11 + PAUSE_S])
    assert [window.speech_s for window in windows] == [20, 11]


def test_a_span_longer_than_a_window_is_cut() -> None:
    windows = list(make_windows([Span(0, 70)]))
    assert all(window.duration_s <= 28 for window in windows)
    assert sum(window.duration_s for window in windows) == pytest.approx(70)


def test_a_pause_is_heard_up_to_a_length_that_tells_sentences_apart() -> None:
    ramp = Waveform(np.arange(110 * 100, dtype=np.float32)[None], 100)
    assert list(CLOSE.samples(ramp)) == [*range(1000, 1800)]
    assert list(APART.samples(ramp)) == [*range(1000, 1460), *range(9940, 10_800)]
    assert [APART.inside(span) for span in APART.spans] == [
        Span(0, 4),
        Span(pytest.approx(5.2), pytest.approx(13.2)),
    ]


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        (APART, (0, 1), (10, 11)),
        (APART, (3, 4), (13, 14)),
        (APART, (5.2, 6.2), (100, 101)),
        (APART, (3.5, 5.6), (13.5, 14)),  # over the joint: laid where most of it is
        (APART, (3.8, 6.2), (100, 101)),
        (APART, (12.2, 13.4), (107, 108)),
        (APART, (4.1, 4.3), (14.1, 14.3)),  # in the pause
        (APART, (4.8, 5.1), (99.6, 99.9)),
        (CLOSE, (3, 4.8), (13, 14)),  # no word lasts over a pause
        (CLOSE, (4.2, 4.4), (14.2, 14.4)),
    ],
)
def test_times_in_a_window_lead_back_to_the_recording(
    window: Window, inside: tuple[float, float], outside: tuple[float, float]
) -> None:
    place = window.stretch(*inside)
    assert (place.start, place.end) == pytest.approx(outside)


def test_the_rest_of_a_window_begins_where_hearing_ended() -> None:
    assert APART.rest(2).spans == (Span(12, 14), Span(100, 108))
    assert APART.rest(4).spans == (Span(100, 108),)
    assert APART.rest(7.2).spans == (Span(pytest.approx(102), 108),)
    assert CLOSE.rest(4.5).spans == (Span(15, 18),)
