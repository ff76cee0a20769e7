"""Whatever a model, a server or a file has said: every document comes, is valid, and nothing is lost."""

import csv
import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable

import docx
import pytest
import srt
from hypothesis import given
from icalendar import Calendar
from markdown_it import MarkdownIt

from app.documents.document import Document
from app.documents.downloads import DOWNLOADS, download_name
from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from tests.cases import cases
from tests.documents.records import documents

READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def letters(text: str) -> str:
    """Keep what a reader would miss: letters and digits, whatever a typesetter made of all else."""
    text = unicodedata.normalize("NFKC", text.replace("\ufffd", "")).casefold()
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def read_docx(content: bytes) -> str:
    body = docx.Document(io.BytesIO(content)).element.body
    return "".join(node.text or "" for node in body.xpath(".//w:t"))


def read_md(content: bytes) -> str:
    shown = ""
    for block in READER.parse(content.decode()):
        for inline in block.children or ():
            assert inline.type not in {"link_open", "html_inline", "image"}
            shown += inline.content
    return shown


def read_json(content: bytes) -> str:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return str_of(json.loads(content, parse_constant=refuse))


def str_of(value: object) -> str:
    if isinstance(value, dict):
        return "".join(map(str_of, value.values()))
    return "".join(map(str_of, value)) if isinstance(value, list) else str(value)


def read_srt(content: bytes) -> str:
    cues = list(srt.parse(content.decode(), ignore_errors=False))
    assert [cue.index for cue in cues] == list(range(1, len(cues) + 1))
    assert in_order((cue.start.total_seconds(), cue.end.total_seconds()) for cue in cues)
    return "".join(cue.content for cue in cues)


_TIMES = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d\.\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d\.\d{3})")


def read_vtt(content: bytes) -> str:
    """Read a file as WebVTT, section 4, says, hours of three digits too, which other readers refuse."""
    head, note, *blocks = content.decode().removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    assert note.startswith("NOTE\n")
    times, shown = [], ""
    for block in blocks:
        timing, _, text = block.partition("\n")
        found = _TIMES.fullmatch(timing)
        assert found, timing
        hour, minute, second, *until = map(float, found.groups())
        times.append((hour * 3600 + minute * 60 + second, until[0] * 3600 + until[1] * 60 + until[2]))
        assert text
        assert "-->" not in text
        assert re.fullmatch(r"(<v [^<>\n]+>)?[^<>]+", text)
        shown += re.sub("<v [^>]+>", "", text)
    assert in_order(times)
    return html.unescape(shown)


def in_order(times: Iterable[tuple[float, float]]) -> bool:
    flat = [time for start_end in times for time in start_end]
    return flat == sorted(flat)


def read_csv(content: bytes) -> str:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=","))
    assert len({len(row) for row in rows}) == 1
    return "".join(cell for row in rows for cell in row)


def read_ics(content: bytes) -> str:
    tasks = Calendar.from_ical(content.decode()).walk("VTODO")
    return "".join(f"{task['summary']}{task['description']}" for task in tasks)


def read_text(content: bytes) -> str:
    return content.decode("utf-8-sig")


READERS: dict[str, tuple[Callable[[bytes], str], int]] = {
    "minutes.docx": (read_docx, 6),
    "minutes.txt": (read_text, 60),
    "minutes.md": (read_md, 40),
    "minutes.json": (read_json, 60),
    "assignments.csv": (read_csv, 40),
    "assignments.ics": (read_ics, 20),
    "transcript.txt": (read_text, 60),
    "transcript.srt": (read_srt, 60),
    "transcript.vtt": (read_vtt, 60),
    "transcript.md": (read_md, 40),
    "transcript.json": (read_json, 60),
}


def said_by(transcript: Transcript) -> list[str]:
    return [segment.text for segment in transcript.segments]


def written_in(minutes: Minutes | None, heard: bool) -> list[str]:
    if minutes is None or not heard:
        return []
    texts = [topic.title for topic in minutes.topics]
    texts += [point.text for topic in minutes.topics for point in topic.points]
    texts += [point.text for point in (*minutes.decisions, *minutes.summary)]
    return texts + assigned_in(minutes)


def assigned_in(minutes: Minutes | None) -> list[str]:
    items = minutes.action_items if minutes else ()
    return [text for item in items for text in (item.text, item.by_when or "")]


@pytest.mark.parametrize("file_name", READERS)
def test_every_document_is_valid_and_says_no_less_than_it_was_given(file_name: str) -> None:
    read, n_cases = READERS[file_name]

    @given(documents())
    @cases(n_cases)
    def holds(drawn: tuple[Document, Transcript, Minutes | None]) -> None:
        document, given, minutes = drawn
        shown = letters(read(DOWNLOADS[file_name].render(document, "en")))
        kind = DOWNLOADS[file_name].kind
        wanted = {
            "transcript": said_by(given),
            "minutes": written_in(minutes, document.has_speech),
            "assignments": assigned_in(minutes),
        }[kind]
        for text in wanted:
            assert letters(text) in shown

    holds()


@given(documents())
@cases(3)
def test_every_pdf_and_the_zip_of_all_can_be_had(drawn: tuple[Document, Transcript, Minutes | None]) -> None:
    document = drawn[0]
    packed = zipfile.ZipFile(io.BytesIO(DOWNLOADS["everything.zip"].render(document, "ru")))
    assert packed.testzip() is None
    assert packed.read(download_name(document.title, "transcript.pdf", "ru")).startswith(b"%PDF")


def test_every_format_has_a_reader_here() -> None:
    others = {"minutes.pdf", "transcript.pdf", "everything.zip"}
    assert set(READERS) | others == set(DOWNLOADS)
