"""PDF by Typst, tagged for screen readers, with the content of the Word document; its looks: minutes.typ."""

import functools
import json
from datetime import UTC
from pathlib import Path
from typing import Any

from app.documents.document import DOUBTFUL_MARK, Document, facts, remarks
from app.documents.docx_transcript import cited_ms
from app.documents.due_dates import dated
from app.documents.minutes import ActionItem, Minutes, Point
from app.documents.paragraphs import milliseconds, paragraphs
from app.documents.protocol import BLANK, Said, protocol
from app.documents.sanitize import one_line
from app.documents.scripts import apart, full_tag, script_of
from app.documents.typography import as_sentence, clock, language_name, speaks, typeset
from app.errors import N_, EngineUnavailable

OWN_FONT = "Libertinus Serif"  # within Typst: Latin, Greek, Cyrillic
LAST_OWN_LETTER = "\u052f"
TEMPLATE = Path(__file__).with_name("minutes.typ")
NOT_TYPESET = N_("The text of this recording cannot be set as a PDF. The Word document has all of it.")
_WORDS = (
    *(
        "summary",
        "topics",
        "decisions",
        "assignments",
        "notes",
        "appendix",
        "number",
        "decision",
        "task",
        "who",
        "by_when",
    ),
    *("time", "no_topics", "no_decisions", "no_assignments", "page"),
    *("protocol.agenda", "protocol.heard", "protocol.spoke", "protocol.resolved", "protocol.no_decision"),
    "protocol.recording",
)


def render_minutes_pdf(document: Document, locale: str) -> bytes:
    """Render the minutes, with the transcript as an appendix that their times lead to.

    Raises:
        EngineUnavailable: there is no font with the letters, or Typst cannot set them.
    """
    return _compile(document, locale, "minutes", dated(document, locale))


def render_transcript_pdf(document: Document, locale: str) -> bytes:
    """Render the transcript under a heading that says what it is of."""
    return _compile(document.without_minutes(), locale, "transcript", None)


def _compile(document: Document, locale: str, kind: str, minutes: Minutes | None) -> bytes:
    import typst  # 30 MB of a compiler

    fonts = _fonts(document, locale)
    own = {"name": OWN_FONT}
    if script_of(document.language).letters == "east_asian":
        own["covers"] = "latin-in-cjk"  # quotes and dots there are as wide as the letters
    data = {**_data(document, locale, kind, minutes), "fonts": [own, *fonts]}
    # Our own template reads nothing but this; its root is its own folder, so no text can make it read a file.
    try:
        made: bytes = typst.compile(
            TEMPLATE,
            root=TEMPLATE.parent,
            ignore_system_fonts=not fonts,
            sys_inputs={"data": json.dumps(data)},
            timestamp=round(document.processed_at.astimezone(UTC).timestamp()),
        )
    except BaseException as error:
        # Rust's panic, on rare mixtures of scripts: no Exception, so that it would end the thread
        if type(error).__name__ != "PanicException":
            raise
        raise EngineUnavailable(NOT_TYPESET) from error
    return made


def _fonts(document: Document, locale: str) -> list[str]:
    """List the fonts of this machine that have the letters of the recording; none where our own has them.

    Raises:
        EngineUnavailable: there is none; the PDF would be empty squares.
    """
    wanted = script_of(document.language).pdf_fonts
    present = _families() if wanted else frozenset()
    found = [family for family in wanted if family in present]
    said = "".join(segment.text for segment in document.transcript.segments)
    if wanted and not found and any(letter > LAST_OWN_LETTER and letter.isalpha() for letter in said):
        language = language_name(document.language or "", locale) or document.language or ""
        raise EngineUnavailable(
            N_(
                "No font on this machine has the letters of this recording (%(language)s); the Word document"
                " has them all. For a PDF install fonts: sudo apt-get install fonts-noto-core fonts-noto-cjk"
            ),
            language=language,
        )
    return found


@functools.cache
def _families() -> frozenset[str]:
    """List the fonts that the system has; reading all of them takes a quarter of a second."""
    import typst

    return frozenset(typst.Fonts(include_embedded_fonts=False).families())


def _data(document: Document, locale: str, kind: str, minutes: Minutes | None) -> dict[str, Any]:
    form, language = document.form, document.language
    words = form.words(locale)
    cited = cited_ms(document) if minutes and form.appendix else frozenset()
    title = typeset(one_line(document.title), language or locale)
    notes = remarks(document, locale) + ([words["times_linked"]] if cited else [])

    def item(text: str, start: float, **more: Any) -> dict[str, Any]:
        said = apart(as_sentence(one_line(text), language), language)
        ms = milliseconds(start)
        return {"text": said, "time": clock(start), "ms": ms, "cited": ms in cited, **more}

    def resolved(one: Point | ActionItem, **more: Any) -> dict[str, Any]:
        return item(one.text, one.start, context=as_sentence(one_line(one.context), language), **more)

    def or_dash(text: str | None) -> str:
        return as_sentence(one_line(text), language) if text else "—"

    def told(one: Said) -> dict[str, Any]:
        points = [item(point.text, point.start) for point in one.points]
        return {"speaker": speaks(one.speaker, language) if one.speaker else "", "points": points}

    spoken = document.has_text
    business = protocol(document, locale) if kind == "minutes" and form.business else None
    fields = business.fields if business else facts(document, locale)
    return {
        "title": title or words[kind],
        "heading": words[kind],
        "subtitle": title,
        "footer": title or words["untitled"],
        "lang": locale,
        **_spoken(language or locale),
        "rtl": script_of(language).rtl,
        "words": {key: words[key] for key in _WORDS},
        "facts": [[label, one_line(value)] for label, value in fields],
        "remarks": notes,
        "protocol": business
        and {
            "items": [
                item(
                    one.title or BLANK,
                    one.start,
                    heard=[told(said) for said in one.heard],
                    spoke=[told(said) for said in one.spoke],
                    resolved=[resolved(point) for point in one.resolved],
                )
                for one in business.items
            ],
            "signed": business.signed,
            "recording": business.recording,
        },
        "minutes": None
        if minutes is None or not spoken
        else {
            "summary": [item(point.text, point.start) for point in minutes.summary],
            "topics": [
                item(
                    topic.title, topic.start, points=[item(point.text, point.start) for point in topic.points]
                )
                for topic in minutes.topics
            ],
            "decisions": [resolved(point) for point in minutes.decisions],
            "assignments": [
                resolved(one, who=or_dash(one.who), by_when=or_dash(one.by_when), done=one.done)
                for one in minutes.action_items
            ],
        },
        "paragraphs": _paragraphs(document, cited) if spoken and (form.appendix or not minutes) else [],
        "sections": [*form.sections, *(["topics"] if form.topics else [])],
    }


def _spoken(language: str) -> dict[str, str | None]:
    """Give a language as Typst takes it: a code of two or three letters, and a region."""
    code, _, region = full_tag(language).partition("-")
    known = code.isascii() and code.isalpha() and 2 <= len(code) <= 3
    return {"spoken": code if known else "und", "region": region if known and len(region) == 2 else None}


def _paragraphs(document: Document, cited: frozenset[int]) -> list[dict[str, Any]]:
    marked: set[int] = set()
    rows = []
    for paragraph in paragraphs(document.transcript, cited):
        ms = milliseconds(paragraph.start)
        name = one_line(paragraph.speaker or "")
        mark = f"{DOUBTFUL_MARK} " if paragraph.doubtful else ""
        rows.append(
            {
                "time": clock(paragraph.start),
                "ms": ms,
                "cited": ms in cited and ms not in marked,
                "speaker": speaks(name, document.language) if name else "",
                "doubtful": paragraph.doubtful,
                "text": mark + typeset(paragraph.text, document.language),
            }
        )
        marked.add(ms)
    return rows
