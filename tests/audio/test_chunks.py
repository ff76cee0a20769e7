import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio.chunks import pack
from app.audio.waveform import Span

lengths = st.tuples(st.floats(0, 40), st.floats(0.01, 200))


@st.composite
def spans_of_speech(draw: st.DrawFn) -> tuple[Span, ...]:
    spans, now = [], 0.0
    for silence, speech in draw(st.lists(lengths, max_size=30)):
        spans.append(Span(now + silence, now + silence + speech))
        now = spans[-1].end
    return tuple(spans)


def test_short_spans_are_joined_up_to_the_longest_window() -> None:
    spans = [Span(0, 8), Span(9, 18), Span(19, 29), Span(31, 40)]
    assert pack(spans, 30) == (Span(0, 29), Span(31, 40))


def test_a_long_span_is_split_into_equal_parts() -> None:
    assert pack([Span(10, 80)], 30) == (
        Span(10, 10 + 70 / 3),
        Span(10 + 70 / 3, 10 + 140 / 3),
        Span(10 + 140 / 3, 80),
    )


def test_a_long_silence_is_never_inside_a_window() -> None:
    assert pack([Span(0, 1), Span(2, 3), Span(9, 10)], 30, max_gap_s=5) == (Span(0, 3), Span(9, 10))


def test_silence_makes_no_window() -> None:
    assert pack([], 30) == ()


@given(spans=spans_of_speech(), max_s=st.floats(1, 60), max_gap_s=st.floats(0, 50))
def test_windows_hold_all_speech_in_order_within_the_longest(
    spans: tuple[Span, ...], max_s: float, max_gap_s: float
) -> None:
    windows = pack(spans, max_s, max_gap_s)
    assert all(window.duration_s <= max_s + 1e-6 for window in windows)
    assert all(a.end <= b.start for a, b in itertools.pairwise(windows))
    for span in spans:
        heard = sum(max(0.0, min(w.end, span.end) - max(w.start, span.start)) for w in windows)
        assert heard == pytest.approx(span.duration_s, abs=1e-6)
    for a, b in itertools.pairwise(spans):
        if b.start - a.end > max_gap_s:
            assert not any(w.start < (a.end + b.start) / 2 < w.end for w in windows)


@given(spans=spans_of_speech(), max_s=st.floats(1, 60))
def test_neighbours_are_only_apart_when_they_do_not_fit_together(
    spans: tuple[Span, ...], max_s: float
) -> None:
    windows = pack(spans, max_s)
    borders = {span.start for span in spans}
    for a, b in itertools.pairwise(windows):
        if b.start in borders:  # cut at a silence; the next span's first part did not fit any more
            first_part = min(w.end for w in windows if w.start >= b.start)
            assert first_part - a.start > max_s or b.end - a.start > max_s
