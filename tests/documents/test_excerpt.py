import itertools

import pytest
from hypothesis import given

from app.audio.waveform import Span
from app.documents.excerpt import EDGE_S, excerpt, highlights, length_s, spans_of
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Segment, Transcript, Word
from tests.documents.choices import Choices, made

SEGMENTS = tuple(
    Segment(10.0 * n, 10.0 * n + 4, f"line {n}", "Ann", (Word(10.0 * n, 10.0 * n + 4, "line", 0.9),))
    for n in range(10)
)
TRANSCRIPT = Transcript(SEGMENTS, "en", "test", 100.0)
TIMES = made(lambda choices: choices.several(8, pair_of_times), 60)


def pair_of_times(choices: Choices) -> tuple[float, float]:
    return choices.between(0, 100), choices.between(0, 100)


def test_a_line_is_cut_with_an_edge_that_stays_within_the_recording() -> None:
    assert spans_of(SEGMENTS[:1], 100) == (Span(0.0, 4 + EDGE_S),)
    assert spans_of([Segment(96, 100, "end")], 100) == (Span(96 - EDGE_S, 100),)


def test_lines_that_follow_each_other_are_one_stretch() -> None:
    near = [Segment(0, 4, "a"), Segment(4.5, 8, "b"), Segment(20, 24, "c")]
    assert [span.end for span in spans_of(reversed(near), 100)] == [8 + EDGE_S, 24 + EDGE_S]


@given(TIMES)
def test_stretches_never_touch_and_hold_every_line(times: tuple[tuple[float, float], ...]) -> None:
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


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span(12, 30), "the report, Anna."),
        (Span(0, 12), "Please send"),
        (Span(11, 13), "send the"),
        (Span(11.6, 11.9), ""),
    ],
)
def test_of_a_line_that_is_cut_its_words_within_are_said(span: Span, text: str) -> None:
    words = tuple(
        Word(10.0 + n, 11.0 + n, word)
        for n, word in enumerate((" Please", " send", " the", " report,", " Anna."))
    )
    line = Segment(10, 15, "Please send the report, Anna.", "Ann", words)
    found = excerpt(Transcript((line,), "en", "test", 100.0), [span]).segments
    assert " ".join(one.text for one in found) == text
    assert all(0 <= one.start <= one.end <= span.duration_s for one in found)


def test_a_line_whose_words_are_not_in_its_text_is_whole_or_not_there() -> None:
    line = Segment(10, 15, "corrected by hand", words=(Word(10, 11, "as"), Word(11, 15, "heard")))
    told = Transcript((line,), "en", "test", 100.0)
    assert [one.text for one in excerpt(told, [Span(12, 30)]).segments] == ["corrected by hand"]
    assert not excerpt(told, [Span(13, 30)]).segments


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
