"""Texts that others have written become transcripts with times and speakers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.transcript import Transcript
from app.documents.written_text import transcript_of

SRT = (
    "\ufeff"
    + """1
00:00:01,500 --> 00:00:03,000
Добрый
<i>день.</i>

2
01:00:04,000 --> 01:00:05,250
Начнём.
""".replace("\n", "\r\n")
)
VTT = """WEBVTT

NOTE made by Teams

a1/7-0
00:00:03.1 --> 00:00:05.900 align:start
<v Anna Petrova>Fish &amp; chips</v>

00:07.000 --> 00:09.000
Boris: We <00:07.500>agree.
"""
ZOOM = "[00:00:05] Anna: Good day.\n\n00:01:10 Boris Ivanov: We begin.\n(1:02:03) The sum is this: ten.\n"


def told(transcript: Transcript) -> list[tuple[float, float, str | None, str]]:
    return [(one.start, one.end, one.speaker, one.text) for one in transcript.segments]


def test_subtitles_keep_their_times() -> None:
    found = transcript_of(SRT)
    assert told(found) == [(1.5, 3.0, None, "Добрый день."), (3604.0, 3605.25, None, "Начнём.")]
    assert (found.language, found.engine, found.duration_s) == ("ru", "subtitles", 3605.25)


def test_webvtt_names_its_speakers_and_its_marks_are_no_text() -> None:
    found = transcript_of(VTT)
    assert told(found) == [(3.1, 5.9, "Anna Petrova", "Fish & chips"), (7.0, 9.0, "Boris", "We agree.")]
    assert found.language == "en"


def test_lines_with_times_keep_them_and_end_before_the_next() -> None:
    found = transcript_of(ZOOM)
    assert [(one.start, one.speaker, one.text) for one in found.segments] == [
        (5.0, "Anna", "Good day."),
        (70.0, "Boris Ivanov", "We begin."),
        (3723.0, None, "The sum is this: ten."),
    ]


def test_bare_text_gets_the_times_of_a_usual_pace_and_says_so() -> None:
    found = transcript_of("One two three four five.\n\nMarina: six\n", "de")
    assert told(found) == [(0.0, 2.0, None, "One two three four five."), (2.0, 3.0, "Marina", "six")]
    assert (found.language, found.engine) == ("de", "text")


@pytest.mark.parametrize(
    "line", ["http://example.org", "At 10:30 we meet.", "We have decided the following today: no."]
)
def test_not_every_colon_stands_behind_a_name(line: str) -> None:
    assert told(transcript_of(line))[0][2:] == (None, line)


def test_nothing_said_is_no_segment() -> None:
    assert transcript_of(" \n\n\t").segments == ()


@given(st.text(alphabet="a:[]() \n<>-0123456789.,v&;\u00e9Я", max_size=80))
def test_any_text_has_times_in_order(text: str) -> None:
    found = transcript_of(text)
    starts = [one.start for one in found.segments]
    assert starts == sorted(starts)
    assert all(0 <= one.start <= one.end <= found.duration_s for one in found.segments)
