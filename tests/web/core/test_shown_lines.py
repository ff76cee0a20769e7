"""A long transcript in parts: which its page has from the beginning, and how the others come."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from app.documents.minutes import Minutes, Topic
from app.documents.transcript import Segment, Transcript
from app.pipeline.corrections import Corrections, as_heard
from app.pipeline.recording import Recording
from app.web.core import timed_words
from app.web.core.shown_lines import FIRST_LINES, N_VOICES, PART_S, Part, ShownLines


def corrections(*said: tuple[float, str | None], topics: tuple[float, ...] = (), n: int = 0) -> Corrections:
    """Return what was said: starts and speakers; and n lines a tenth of a second apart before it."""
    lines = [(0.1 * number, "Anna") for number in range(n)] + list(said)
    segments = tuple(Segment(start, start + 0.5, f"<{start}>", speaker=speaker) for start, speaker in lines)
    transcript = Transcript(segments, "en", "x", 3000.0)
    minutes = Minutes("en", "x", topics=tuple(Topic(f"At {start}", start, ()) for start in topics))
    return as_heard(Recording("a", Path("a"), Path(), transcript=transcript, minutes=minutes))


def keys(part: Part) -> list[str]:
    return [block.keys for block in part.blocks]


def test_parts_are_those_in_which_a_line_begins_and_the_first_are_drawn() -> None:
    text = ShownLines(corrections((299.9, "Boris"), (300.0, "Boris"), (2999.0, None), n=FIRST_LINES))
    assert [(part.number, len(part.lines), part.drawn) for part in text.parts] == [
        (0, FIRST_LINES + 1, True),
        (1, 1, False),
        (9, 1, False),
    ]
    assert [part.begun for part in text.parts] == [0, FIRST_LINES + 1, FIRST_LINES + 2]
    assert keys(text.parts[0])[:2] == ["0", "10"]
    assert all(part.drawn for part in ShownLines(text.corrections, whole=True).parts)
    assert all(part.drawn for part in ShownLines(corrections((0.0, "Anna"), (2000.0, "Anna"))).parts)
    assert ShownLines(corrections()).parts == ()


def test_the_first_line_of_a_part_says_who_speaks_though_he_does_not_begin_there() -> None:
    text = ShownLines(
        corrections((0.0, None), (1.0, "Anna"), (2.0, "Boris"), (PART_S, "Boris"), (PART_S + 1, "Boris"))
    )
    lines = [line for part in text.parts for line in part.lines]
    assert [line.begins for line in lines] == [False, True, True, False, False]
    assert [line.who for line in lines] == [None, 0, 1, 1, None]


def test_the_waveform_is_told_who_speaks_where_lines_are_missing() -> None:
    first = [(0.1 * n, "Anna") for n in range(FIRST_LINES)]
    text = ShownLines(corrections(*first, (1500.0, "Boris"), (2999.9, None)))
    assert len(text.voices) == N_VOICES
    assert (text.voices[0], text.voices[300], text.voices[-1], text.voices[450]) == ("0", "1", "-", " ")
    assert ShownLines(text.corrections, whole=True).voices == ""


@pytest.mark.parametrize(
    ("first", "last", "found"), [(1, 1, [1]), (1, 99, [1, 9]), (10, 99, []), (-5, 0, [0])]
)
def test_parts_come_as_the_page_draws_them(app: Flask, first: int, last: int, found: list[int]) -> None:
    present = corrections((0.0, "Anna"), (301.0, "Boris"), (2800.0, "Boris"), topics=(0.0, 301.2))
    with app.test_request_context():
        drawn = timed_words.drawn(present, first, last)
        page = "".join(timed_words.drawn(present, 0).values())
    assert list(drawn) == found
    assert all(html in page for html in drawn.values())
    assert page.count('class="topic-mark"') == 2
    assert re.findall(r"<p>([^<]*)</p>", page) == ["&lt;0.0&gt;", "&lt;301.0&gt;", "&lt;2800.0&gt;"]


def test_a_part_comes_with_its_words_and_its_lines_where_these_are_asked_for(app: Flask) -> None:
    present = corrections((0.0, "Anna"), (301.0, "Boris"))
    with app.test_request_context():
        bare, drawn = (
            json.loads(timed_words.part(present, 1, known=True, with_lines=wanted).data)
            for wanted in (False, True)
        )
    assert "drawn" not in bare
    assert list(drawn["drawn"]) == ["1"]
    assert bare["lines"] == drawn["lines"] == [{"key": 1, "words": []}]
