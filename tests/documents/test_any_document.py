"""Whatever a model, a server or a file has said: every document comes, is valid, and nothing is lost."""

import contextlib
import csv
import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace

import docx
import srt
from hypothesis import given
from icalendar import Calendar
from markdown_it import MarkdownIt

from app.documents.downloads import DOWNLOADS, download_name
from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.errors import EngineUnavailable
from tests.cases import drawn, tried_in_packs
from tests.documents.records import DOCUMENTS, Drawn, one_document

READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")


def letters(text: str) -> str:
    """Keep what a reader would miss: letters and digits, whatever a typesetter made of all else.

    Marks are left out: one at the beginning of a line joins the letter before it.
    """
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")  # pairs are characters
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", text) if not unicodedata.category(c).startswith("M")
    )
    bare = bare.casefold().replace("ı", "i")  # its capital is I
    return "".join(c for c in unicodedata.normalize("NFKD", bare) if c.isalnum())


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
    """Read texts as RFC 5545, section 3.3.11, says: the library breaks lines behind an escaped backslash."""
    assert all(task["uid"] for task in Calendar.from_ical(content.decode()).walk("VTODO"))
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    texts = [line.partition(":")[2] for line in lines if line.startswith(("SUMMARY", "DESCRIPTION"))]
    return " ".join(
        re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), one) for one in texts
    )


def read_text(content: bytes) -> str:
    return content.decode("utf-8-sig")


READERS: dict[str, Callable[[bytes], str]] = {
    "minutes.docx": read_docx,
    "minutes.txt": read_text,
    "minutes.md": read_md,
    "minutes.json": read_json,
    "assignments.csv": read_csv,
    "assignments.ics": read_ics,
    "transcript.txt": read_text,
    "transcript.srt": read_srt,
    "transcript.vtt": read_vtt,
    "transcript.md": read_md,
    "transcript.json": read_json,
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


def check(one: Drawn, readers: Iterable[str]) -> None:
    document, given, minutes = one
    wanted = {
        "transcript": said_by(given),
        "minutes": written_in(minutes, document.has_text),
        "assignments": assigned_in(minutes),
    }
    said = {kind: [letters(text) for text in texts] for kind, texts in wanted.items()}
    for file_name in readers:
        shown = letters(READERS[file_name](DOWNLOADS[file_name].render(document, "en")))
        missing = [text for text in said[DOWNLOADS[file_name].kind] if text not in shown]
        assert not missing, (file_name, missing)


@given(DOCUMENTS)
def test_every_text_is_valid_and_says_no_less_than_it_was_given(one: Drawn) -> None:
    check(one, [name for name in READERS if DOWNLOADS[name].text])


def test_every_word_document_is_valid_and_says_no_less_than_it_was_given() -> None:
    tried_in_packs(drawn(DOCUMENTS), 20, one_document, lambda one: check(one, ["minutes.docx"]))


def test_every_pdf_can_be_had() -> None:
    tried_in_packs(drawn(DOCUMENTS), 50, one_document, check_pdf)


def check_pdf(one: Drawn) -> None:
    """Render the minutes: the transcript is their appendix."""
    with contextlib.suppress(EngineUnavailable):  # this machine has no font with the letters
        assert DOWNLOADS["minutes.pdf"].render(one[0], "ru").startswith(b"%PDF")
    latin = replace(one[0], transcript=replace(one[0].transcript, language="en"))
    assert DOWNLOADS["transcript.pdf"].render(latin, "en").startswith(b"%PDF")


def test_the_zip_of_all_has_each_document_that_can_be_had() -> None:
    for document, *_ in drawn(DOCUMENTS, 4):
        zipped = zipfile.ZipFile(io.BytesIO(DOWNLOADS["everything.zip"].render(document, "ru")))
        assert zipped.testzip() is None
        name = download_name(document.title, "transcript.pdf", "ru")
        try:
            DOWNLOADS["transcript.pdf"].render(document, "ru")
        except EngineUnavailable:
            assert name not in zipped.namelist()
        else:
            assert zipped.read(name).startswith(b"%PDF")


def test_every_format_has_a_reader_here() -> None:
    others = {"minutes.pdf", "transcript.pdf", "everything.zip"}
    assert set(READERS) | others == set(DOWNLOADS)
