from dataclasses import replace

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from app.documents.markdown import escape, render_md, render_minutes_md, render_transcript_md
from app.documents.sanitize import one_line
from app.documents.transcript import Segment
from tests.documents.meetings import english, russian, silent
from tests.documents.test_paragraphs import SEGMENTS, transcript
from tests.documents.texts import ANY

READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def shown(markdown: str) -> str:
    """What a reader of the page sees, and nothing but text, or an assertion."""
    text = ""
    for block in READER.parse(markdown):
        for inline in block.children or []:
            assert inline.type in {"text", "text_special", "softbreak", "hardbreak"}, inline.type
            text += inline.content
    return text


@given(ANY)
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    item = f"- {escape(text)}"
    tokens = {token.type for token in READER.parse(item)}
    assert tokens <= {
        "bullet_list_open",
        "list_item_open",
        "paragraph_open",
        "inline",
        "paragraph_close",
        "list_item_close",
        "bullet_list_close",
    }
    assert shown(item) == one_line(text)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("see www.example.org", r"see www\.example.org"),
        ("WWW.EXAMPLE.ORG", r"WWW\.EXAMPLE.ORG"),
        ("(https://a.b/c)", r"(https\://a.b/c)"),
        ("ftp://a.b and HTTP://c.d", r"ftp\://a.b and HTTP\://c.d"),
        ("*www.a.b*", r"\*www\.a.b\*"),
    ],
)
def test_a_bare_address_stays_text_on_github_too(text: str, escaped: str) -> None:
    assert escape(text) == escaped
    assert shown(escaped) == text


def test_every_assignment_is_one_row_of_the_table() -> None:
    meeting = russian()
    minutes = meeting.minutes
    assert minutes is not None
    item = replace(minutes.action_items[0], text="a | b\n| c |", who="<b>|")
    document = replace(meeting, minutes=replace(minutes, action_items=(item, item)))
    html = READER.render(render_minutes_md(document, "ru"))
    assert html.count("<tr>") == 3
    assert html.count("<td>") == 10
    assert "<b>" not in html


def test_paragraphs_carry_time_and_speaker() -> None:
    assert render_md(transcript(Segment(61, 62, "Yes.", "Ann"))) == "`00:01:01` **Ann:** Yes.\n"


def test_a_recording_without_speech_has_no_empty_sections() -> None:
    assert "## Topics" not in render_minutes_md(silent(), "en")
    assert render_transcript_md(silent(), "en").endswith("> No speech was found in the recording.\n")


def test_sections_without_entries_say_so() -> None:
    document = english()
    assert document.minutes is not None
    bare = replace(document, minutes=replace(document.minutes, topics=(), decisions=(), action_items=()))
    text = render_minutes_md(bare, "en")
    for nothing in ("No topics", "No decisions", "No assignments"):
        assert f"{nothing} were found in the recording." in text


@given(SEGMENTS)
def test_any_transcript_renders(segments: list[Segment]) -> None:
    text = render_md(transcript(*segments))
    assert text.endswith("\n")
    READER.render(text.encode().decode())


@pytest.mark.parametrize(
    "text",
    [
        "1. x",
        "12) x",
        "- x",
        "+ x",
        "---",
        "= x",
        "# x",
        "> x",
        "~~x~~",
        "&lt;",
        "a\\",
        "``x``",
        "[x]: http://y",
    ],
)
def test_no_text_begins_a_list_a_heading_or_a_quote(text: str) -> None:
    assert shown(escape(text)) == text
    assert [token.type for token in READER.parse(escape(text))] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
