import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio.waveform import Span
from app.documents.excerpt import EDGE_S, excerpt, highlights, length_s, spans_of
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Segment, Transcript, Word

SEGMENTS = tuple(
    Segment(10.0 * n, 10.0 * n + 4, f"line {n}", "Ann", (Word(10.0 * n, 10.0 * n + 4, "line", 0.9),))
    for n in range(10)
)
TRANSCRIPT = Transcript(SEGMENTS, "en", "test", 100.0)
TIMES = st.floats(0, 100, allow_nan=False)


def test_a_line_is_cut_with_an_edge_that_stays_within_the_recording() -> None:
    assert spans_of(SEGMENTS[:1], 100) == (Span(0.0, 4 + EDGE_S),)
    assert spans_of([Segment(96, 100, "end")], 100) == (Span(96 - EDGE_S, 100),)


def test_lines_that_follow_each_other_are_one_stretch() -> None:
    near = [Segment(0, 4, "a"), Segment(4.5, 8, "b"), Segment(20, 24, "c")]
    assert [span.end for span in spans_of(reversed(near), 100)] == [8 + EDGE_S, 24 + EDGE_S]


@given(st.lists(st.tuples(TIMES, TIMES), max_size=8))
def test_stretches_never_touch_and_hold_every_line(times: list[tuple[float, float]]) -> None:
    lines = [Segment(min(pair), max(pair), "x") for pair in times]
    spans = spans_of(lines, 100)
    assert all(one.end < next_.start for one, next_ in itertools.pairwise(spans))
    assert all(any(span.start <= line.start <= line.end <= span.end for span in spans) for line in lines)


def test_an_excerpt_has_the_times_of_the_clip() -> None:
    found = excerpt(TRANSCRIPT, spans_of([SEGMENTS[2], SEGMENTS[5]], 100))
    assert [segment.text for segment in found.segments] == ["line 2", "line 5"]
    assert [segment.start for segment in found.segments] == pytest.approx([0.15, 4.45])
    assert found.segments[1].words[0].end == pytest.approx(8.45)
    assert found.duration_s == pytest.approx(8.6)


def test_highlights_take_decisions_first_and_what_fits() -> None:
    minutes = Minutes(
        "en",
        "test",
        topics=(Topic("t", 0.0, (Point("p", 90.0), Point("p", 80.0))),),
        decisions=(Point("d", 50.0),),
        action_items=(ActionItem("a", 20.0), ActionItem("the same", 50.0)),
    )
    assert [span.start + EDGE_S for span in highlights(TRANSCRIPT, minutes, 9.0)] == pytest.approx([20, 50])
    assert len(highlights(TRANSCRIPT, minutes, 600.0)) == 4
    assert length_s(highlights(TRANSCRIPT, minutes, 600.0)) < 18
    assert highlights(TRANSCRIPT, Minutes("en", "test"), 600.0) == ()
