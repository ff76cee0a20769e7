import math
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.audio.media import Remark
from app.documents.corrections import Line
from app.documents.diarization import Diarization, Turn
from app.documents.minutes import Minutes, Point
from app.documents.sanitize import one_line
from app.documents.transcript import Segment, Transcript, Word
from app.documents.well_formed import (
    MAX_S,
    MAX_TEXT_CHARS,
    well_formed_diarization,
    well_formed_line,
    well_formed_minutes,
    well_formed_text,
    well_formed_transcript,
    well_formed_words,
)
from tests.documents.meetings import MEETINGS
from tests.documents.records import DIARIZATIONS, LINES, MINUTES, TRANSCRIPTS


def is_clean(text: str | None) -> bool:
    return text is None or (text == one_line(text) and text.encode().decode() == text)


@given(TRANSCRIPTS)
def test_any_transcript_has_clean_texts_and_times_in_order(given: Transcript) -> None:
    clean = well_formed_transcript(given)
    assert 0 <= clean.duration_s <= MAX_S
    assert is_clean(clean.engine)
    assert all(before.start <= after.start for before, after in pairwise(clean.segments))
    for segment in clean.segments:
        assert 0 <= segment.start <= segment.end <= clean.duration_s
        assert is_clean(segment.text)
        assert is_clean(segment.speaker)
        at = segment.start
        for word in segment.words:
            assert at <= word.start <= word.end <= segment.end
            assert word.probability is None or 0 <= word.probability <= 1
            at = word.start
    assert sorted(one_line(one.text) for one in given.segments) == sorted(one.text for one in clean.segments)


@given(TRANSCRIPTS, MINUTES, DIARIZATIONS)
def test_what_is_well_formed_stays_the_same_record(
    given: Transcript, minutes: Minutes, diarization: Diarization
) -> None:
    clean = well_formed_transcript(given)
    assert well_formed_transcript(clean) is clean
    written = well_formed_minutes(minutes, clean.duration_s)
    assert well_formed_minutes(written, clean.duration_s) is written
    turns = well_formed_diarization(diarization)
    assert well_formed_diarization(turns) is turns


@given(MINUTES, st.floats(0, 100))
def test_any_minutes_have_clean_texts_and_times_within_the_recording(
    given: Minutes, duration_s: float
) -> None:
    clean = well_formed_minutes(given, duration_s)
    points = [point for topic in clean.topics for point in (Point(topic.title, topic.start), *topic.points)]
    points += [*clean.decisions, *clean.summary, *(Point(one.text, one.start) for one in clean.action_items)]
    assert all(is_clean(point.text) and 0 <= point.start <= duration_s for point in points)
    assert all(is_clean(one.who) and is_clean(one.by_when) for one in clean.action_items)
    assert 0 <= clean.dropped <= 1_000_000
    assert all(str(remark) for remark in clean.remarks if remark.message)
    texts = [one_line(point.text) for point in (*given.decisions, *given.summary)]
    assert [point.text for point in (*clean.decisions, *clean.summary)] == texts


@given(LINES)
def test_any_line_of_a_person_can_be_kept(line: Line) -> None:
    clean = well_formed_line(line)
    assert math.isfinite(clean.start)
    assert math.isfinite(clean.end)
    clean.text.encode()
    assert is_clean(clean.speaker)


def test_meetings_as_engines_hear_them_come_back_as_they_are() -> None:
    for meeting in MEETINGS.values():
        document = meeting()
        assert well_formed_transcript(document.transcript) is document.transcript
        assert document.minutes
        assert well_formed_minutes(document.minutes, document.duration_s) is document.minutes


def test_a_recording_that_does_not_say_how_long_it_is_ends_with_its_last_word() -> None:
    heard = (Segment(0.0, 2.0, "one"), Segment(2.0, 7.5, "two"))
    for unknown in (0.0, -1.0, math.nan, math.inf):
        assert well_formed_transcript(Transcript(heard, "en", "e", unknown)).duration_s == 7.5


def test_a_word_without_time_stands_where_it_was_said() -> None:
    words = (Word(1.0, 2.0, "a"), Word(math.nan, math.inf, "b"), Word(2.5, 3.0, "c"))
    assert [(word.start, word.end) for word in well_formed_words(words, 1.0, 3.0)] == [
        (1.0, 2.0),
        (1.0, 1.0),
        (2.5, 3.0),
    ]


def test_a_pair_of_surrogates_is_the_character_that_it_means() -> None:
    assert well_formed_text("so \ud83d\ude00 far \ud800") == "so \U0001f600 far \ufffd"


def test_what_is_endless_ends_with_an_ellipsis() -> None:
    assert well_formed_text("x" * MAX_TEXT_CHARS) == "x" * MAX_TEXT_CHARS
    cut = well_formed_text("x" * (MAX_TEXT_CHARS + 1))
    assert len(cut) == MAX_TEXT_CHARS
    assert cut.endswith("x…")


def test_what_is_no_language_and_a_remark_that_cannot_be_said_are_left_out() -> None:
    minutes = Minutes(
        "русский!",
        "e",
        remarks=(
            Remark("%(n)d parts", {"n": "x"}),
            Remark("%d"),
            Remark("Well."),
            Remark("%(n)s", {"n": math.inf}),
            Remark("", {"n": 1}),
        ),
    )
    clean = well_formed_minutes(minutes)
    assert clean.language is None
    assert clean.remarks == (Remark("Well."),)
    assert well_formed_minutes(replace(minutes, language="pt-BR")).language == "pt-BR"


def test_a_turn_without_a_time_says_nothing() -> None:
    turns = (Turn(3.0, 1.0, "b"), Turn(math.nan, 1.0, "x"), Turn(0.0, 2.0, "a"))
    found = well_formed_diarization(Diarization(turns, "nets"))
    assert found.turns == (Turn(0.0, 2.0, "a"), Turn(1.0, 3.0, "b"))
