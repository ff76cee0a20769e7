"""PDF by Typst, tagged for screen readers, with the content of the Word document; its looks: minutes.typ."""

import json
from datetime import UTC
from pathlib import Path
from typing import Any

from app.documents.document import DOUBTFUL_MARK, Document, facts, remarks
from app.documents.docx_transcript import cited_ms
from app.documents.due_dates import dated
from app.documents.labels import LABELS
from app.documents.minutes import Minutes
from app.documents.paragraphs import milliseconds, paragraphs
from app.documents.protocol import BLANK, Said, protocol
from app.documents.sanitize import one_line
from app.documents.typography import as_sentence, clock, typeset

TEMPLATE = Path(__file__).with_name("minutes.typ")
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
    """Render the minutes, with the transcript as an appendix that their times lead to."""
    return _compile(document, locale, "minutes", dated(document, locale))


def render_transcript_pdf(document: Document, locale: str) -> bytes:
    """Render the transcript under a heading that says what it is of."""
    return _compile(document.without_minutes(), locale, "transcript", None)


def _compile(document: Document, locale: str, kind: str, minutes: Minutes | None) -> bytes:
    import typst  # 30 MB of a compiler

    data = _data(document, locale, kind, minutes)
    # Our own template reads nothing but this; its root is its own folder, so no text can make it read a file.
    made: bytes = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        timestamp=round(document.processed_at.astimezone(UTC).timestamp()),
    )
    return made


def _data(document: Document, locale: str, kind: str, minutes: Minutes | None) -> dict[str, Any]:
    form, language = document.form, document.language
    words = form.words(locale)
    cited = cited_ms(document) if minutes and form.appendix else frozenset()
    title = typeset(one_line(document.title), language or locale)
    notes = remarks(document, locale) + ([words["times_linked"]] if cited else [])

    def item(text: str, start: float, **more: Any) -> dict[str, Any]:
        said = as_sentence(one_line(text), language)
        ms = milliseconds(start)
        return {"text": said, "time": clock(start), "ms": ms, "cited": ms in cited, **more}

    def told(one: Said) -> dict[str, Any]:
        points = [item(point.text, point.start) for point in one.points]
        return {"speaker": one.speaker or "", "points": points}

    spoken = document.has_speech
    business = protocol(document, locale) if kind == "minutes" and form.business else None
    fields = business.fields if business else facts(document, locale)
    return {
        "title": title or words[kind],
        "heading": words[kind],
        "subtitle": title,
        "footer": title or words["untitled"],
        "lang": locale,
        "spoken": language if language in LABELS else locale,
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
                    resolved=[item(point.text, point.start) for point in one.resolved],
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
            "decisions": [item(point.text, point.start) for point in minutes.decisions],
            "assignments": [
                item(one.text, one.start, who=_or_dash(one.who), by_when=_or_dash(one.by_when), done=one.done)
                for one in minutes.action_items
            ],
        },
        "paragraphs": _paragraphs(document, cited) if spoken and (form.appendix or not minutes) else [],
        "sections": [*form.sections, *(["topics"] if form.topics else [])],
    }


def _paragraphs(document: Document, cited: frozenset[int]) -> list[dict[str, Any]]:
    marked: set[int] = set()
    rows = []
    for paragraph in paragraphs(document.transcript, cited):
        ms = milliseconds(paragraph.start)
        mark = f"{DOUBTFUL_MARK} " if paragraph.doubtful else ""
        rows.append(
            {
                "time": clock(paragraph.start),
                "ms": ms,
                "cited": ms in cited and ms not in marked,
                "speaker": one_line(paragraph.speaker or ""),
                "doubtful": paragraph.doubtful,
                "text": mark + typeset(paragraph.text, document.language),
            }
        )
        marked.add(ms)
    return rows


def _or_dash(text: str | None) -> str:
    return as_sentence(one_line(text), None) if text else "—"
