"""The registry of document formats: every file that the page, the API and the terminal offer, in their order.

A new format is a renderer, its entry of DOWNLOADS, and the translation of its title.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from app.documents.archive import archive
from app.documents.assignments import render_assignments_csv, render_assignments_ics
from app.documents.document import Document
from app.documents.json_files import render_minutes_json, render_transcript_json
from app.documents.labels import labels
from app.documents.markdown import render_minutes_md, render_transcript_md
from app.documents.sanitize import one_line
from app.documents.subtitles import render_srt, render_vtt
from app.documents.txt import render_minutes_txt, render_transcript_txt
from app.errors import N_, EngineUnavailable

MAX_NAME_BYTES = 200  # of 255 on most disks; the rest is for " (1)" and a browser's ".crdownload"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ufffd]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)")


Kind = Literal["minutes", "transcript", "assignments", "everything"]


@dataclass(frozen=True, slots=True)
class Download:
    """One file. `render` takes the document and the locale of its form; `title` is a gettext key.

    text: it can be written to a terminal.
    """

    kind: Kind
    title: str
    mime_type: str
    render: Callable[[Document, str], bytes]
    text: bool = True

    def ready(self, document: Document) -> bool:
        """Tell whether there is something to render: minutes come later than the transcript, or never."""
        return self.kind in ("transcript", "everything") or document.minutes is not None


def _minutes_docx(document: Document, locale: str) -> bytes:
    from app.documents.docx import render_minutes_docx  # python-docx takes a third of a second to import

    return render_minutes_docx(document.named(locale), locale)


def _minutes_pdf(document: Document, locale: str) -> bytes:
    from app.documents.pdf import render_minutes_pdf

    return render_minutes_pdf(document.named(locale), locale)


def _transcript_pdf(document: Document, locale: str) -> bytes:
    from app.documents.pdf import render_transcript_pdf

    return render_transcript_pdf(document.named(locale), locale)


def _for_notepad(text: str) -> bytes:
    """Encode for whatever opens a .txt on Windows.

    Notepad before Windows 10 1809 shows bare newlines as one line, and Word, Excel and old editors take a
    text without the mark for the ANSI code page, which turns Russian into garbage.
    """
    return text.replace("\n", "\r\n").encode("utf-8-sig")


DOWNLOADS: dict[str, Download] = {
    "minutes.docx": Download(
        "minutes",
        N_("Minutes, Word"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _minutes_docx,
        text=False,
    ),
    "minutes.pdf": Download("minutes", N_("Minutes, PDF"), "application/pdf", _minutes_pdf, text=False),
    "minutes.txt": Download(
        "minutes",
        N_("Minutes, plain text"),
        "text/plain; charset=utf-8",
        lambda document, locale: _for_notepad(render_minutes_txt(document.named(locale), locale)),
    ),
    "minutes.md": Download(
        "minutes",
        N_("Minutes, Markdown"),
        "text/markdown; charset=utf-8",
        lambda document, locale: render_minutes_md(document.named(locale), locale).encode(),
    ),
    "minutes.json": Download(
        "minutes",
        N_("Minutes, JSON"),
        "application/json",
        lambda document, locale: render_minutes_json(document.named("en")).encode(),
    ),
    "assignments.csv": Download(
        "assignments",
        N_("Assignments, CSV for spreadsheets"),
        "text/csv; charset=utf-8",
        lambda document, locale: render_assignments_csv(document.named(locale), locale),
    ),
    "assignments.ics": Download(
        "assignments",
        N_("Assignments with deadlines, iCalendar"),
        "text/calendar; charset=utf-8",
        lambda document, locale: render_assignments_ics(document.named(locale), locale),
    ),
    "transcript.pdf": Download(
        "transcript", N_("Transcript, PDF"), "application/pdf", _transcript_pdf, text=False
    ),
    "transcript.txt": Download(
        "transcript",
        N_("Transcript, plain text"),
        "text/plain; charset=utf-8",
        lambda document, locale: _for_notepad(render_transcript_txt(document.named(locale), locale)),
    ),
    "transcript.srt": Download(
        "transcript",
        N_("Subtitles, SRT"),
        "application/x-subrip; charset=utf-8",
        lambda document, locale: render_srt(document.named(locale).transcript).encode(),
    ),
    "transcript.vtt": Download(
        "transcript",
        N_("Subtitles, WebVTT"),
        "text/vtt; charset=utf-8",
        lambda document, locale: render_vtt(document.named(locale).transcript).encode(),
    ),
    "transcript.md": Download(
        "transcript",
        N_("Transcript, Markdown"),
        "text/markdown; charset=utf-8",
        lambda document, locale: render_transcript_md(document.named(locale), locale).encode(),
    ),
    "transcript.json": Download(
        "transcript",
        N_("Transcript, JSON"),
        "application/json",
        lambda document, locale: render_transcript_json(document.named("en")).encode(),
    ),
}


def every(document: Document, locale: str) -> Iterator[tuple[str, bytes]]:
    """Render all documents that are ready, each under the name that it has alone.

    One for which something is missing on this machine is left out: whoever asks for it alone is told.
    """
    for file_name, download in DOWNLOADS.items():
        if download.kind != "everything" and download.ready(document):
            with contextlib.suppress(EngineUnavailable):
                yield download_name(document.title, file_name, locale), download.render(document, locale)


def _everything(document: Document, locale: str) -> bytes:
    return archive(every(document, locale), document.processed_at)


DOWNLOADS["everything.zip"] = Download(
    "everything", N_("Everything, ZIP"), "application/zip", _everything, text=False
)


def formats(kind: Kind) -> tuple[str, ...]:
    """List the extensions in which there is a kind of document."""
    return tuple(name.partition(".")[2] for name, download in DOWNLOADS.items() if download.kind == kind)


def download_name(title: str, file_name: str, locale: str) -> str:
    """Name a download as its reader would: «Совещание по бюджету — протокол.docx».

    It is safe on Windows, macOS and Linux whatever stands in the title; `file_name`: a key of DOWNLOADS.
    """
    kind, _, extension = file_name.partition(".")
    words = labels(locale)
    tail = f" — {words[f'file.{kind}']}.{extension}"
    room = MAX_NAME_BYTES - len(tail.encode())
    return (file_stem(title, room) or file_stem(words["untitled"], room)) + tail


def file_stem(title: str, most_bytes: int = MAX_NAME_BYTES) -> str:
    """Write a title as the beginning of a file's name, or a folder's, that every system takes."""
    stem = " ".join(_FORBIDDEN.sub(" ", one_line(title)).split()).lstrip(".~- ")
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return stem.encode()[:most_bytes].decode(errors="ignore").rstrip(" .")
