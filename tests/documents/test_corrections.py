from dataclasses import replace

from app.documents.corrections import Line, corrected, in_order, lines_of, with_changes
from app.documents.transcript import Segment, Transcript, Word


def said(start: float, text: str, speaker: str | None = None) -> Segment:
    words = tuple(Word(start + n, start + n + 0.8, word, 0.9) for n, word in enumerate(text.split()))
    return Segment(start, words[-1].end, text, speaker, words)


TRANSCRIPT = Transcript(
    (said(0.0, "we agreed on friday", "A"), said(10.0, "yes of cause", "B")), "en", "an actor", 20.0
)
LINES = lines_of(TRANSCRIPT)


def test_what_nobody_touched_stays_as_it_was_heard() -> None:
    assert corrected(TRANSCRIPT, LINES) == TRANSCRIPT


def test_a_corrected_line_keeps_the_times_of_its_words() -> None:
    lines = with_changes(LINES, {1: replace(LINES[1], text="Yes, of course.")})
    segment = corrected(TRANSCRIPT, lines).segments[1]
    assert segment.text == "Yes, of course."
    assert [(word.text, word.start) for word in segment.words] == [
        ("Yes,", 10.0),
        ("of", 11.0),
        ("course.", 11.8),
    ]
    assert corrected(TRANSCRIPT, with_changes(lines, {1: LINES[1]})) == TRANSCRIPT, "undone"


def test_a_split_line_is_two_with_their_own_words() -> None:
    first, second = Line(0.0, 1.8, "we agreed", "A"), Line(2.0, 3.8, "on friday", "B")
    made = corrected(TRANSCRIPT, with_changes(LINES, {0: first, 2: second})).segments
    assert [segment.text for segment in made] == ["we agreed", "on friday", "yes of cause"]
    assert [[word.start for word in segment.words] for segment in made[:2]] == [[0.0, 1.0], [2.0, 3.0]]


def test_merged_lines_have_the_words_of_both_and_a_deleted_one_is_gone() -> None:
    both = Line(0.0, 12.8, "we agreed on friday yes of cause", "A")
    made = corrected(TRANSCRIPT, with_changes(LINES, {0: both, 1: None})).segments
    assert len(made) == 1
    assert [word.start for word in made[0].words] == [0.0, 1.0, 2.0, 3.0, 10.0, 11.0, 12.0]


def test_lines_are_read_by_time_whatever_their_keys() -> None:
    assert in_order({0: Line(5.0, 6.0, "b"), 7: Line(1.0, 2.0, "a"), 3: Line(5.0, 5.5, "c")}) == [7, 0, 3]


def test_of_an_engine_without_words_only_the_text_changes() -> None:
    bare = replace(TRANSCRIPT, segments=tuple(replace(s, words=()) for s in TRANSCRIPT.segments))
    lines = with_changes(lines_of(bare), {0: Line(0.0, 3.8, "We agreed on Friday.", "A")})
    assert corrected(bare, lines).segments[0] == Segment(0.0, 3.8, "We agreed on Friday.", "A")
