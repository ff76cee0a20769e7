"""Markdown (CommonMark, tables as on GitHub), for wikis and notes."""

import re
from collections.abc import Sequence

from app.documents.document import DOUBTFUL_MARK, Document, facts, remarks
from app.documents.due_dates import dated
from app.documents.forms import Form
from app.documents.labels import labels
from app.documents.minutes import Minutes, Point
from app.documents.paragraphs import paragraphs
from app.documents.sanitize import one_line
from app.documents.transcript import Transcript
from app.documents.typography import as_sentence, clock, typeset

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")
_LIST_MARK = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+=]))")


def escape(text: str) -> str:
    """Make foreign text one line that Markdown shows as it is: no link, no HTML, no table cell, no list."""
    return _LIST_MARK.sub(r"\1\\", _SPECIAL.sub(r"\\\1", one_line(text)))


def render_md(transcript: Transcript) -> str:
    """Render the transcript as paragraphs, each after its time and its speaker."""
    blocks = []
    for paragraph in paragraphs(transcript):
        speaker = f" **{escape(paragraph.speaker)}:**" if paragraph.speaker else ""
        mark = f" {escape(DOUBTFUL_MARK)}" if paragraph.doubtful else ""
        text = escape(typeset(paragraph.text, transcript.language))
        blocks.append(f"`{clock(paragraph.start)}`{speaker}{mark} {text}")
    return "\n\n".join(blocks) + "\n"


def render_transcript_md(document: Document, locale: str) -> str:
    """Render the transcript under a heading that says what it is of."""
    blocks = _head(labels(locale)["transcript"], document.without_minutes(), locale)
    return "\n\n".join([*blocks, render_md(document.transcript)]).rstrip("\n") + "\n"


def render_minutes_md(document: Document, locale: str) -> str:
    """Render the minutes."""
    blocks = _head(document.form.words(locale)["minutes"], document, locale)
    minutes = dated(document, locale)
    if minutes and document.has_speech:
        blocks += _body(minutes, document.form, locale)
    return "\n\n".join(blocks) + "\n"


def _head(kind: str, document: Document, locale: str) -> list[str]:
    blocks = [f"# {kind}"]
    if document.title:
        blocks.append(f"**{escape(document.title)}**")
    blocks.append("\n".join(f"- **{label}:** {escape(value)}" for label, value in facts(document, locale)))
    blocks += [f"> {escape(remark)}" for remark in remarks(document, locale)]
    return blocks


def _body(minutes: Minutes, form: Form, locale: str) -> list[str]:
    words = form.words(locale)

    def said(text: str) -> str:
        return escape(as_sentence(one_line(text), minutes.language))

    def listed(points: Sequence[Point]) -> str:
        return "\n".join(f"- {said(point.text)} `{clock(point.start)}`" for point in points)

    blocks = [f"## {words['summary']}", listed(minutes.summary)] if minutes.summary else []
    decisions = [
        f"{n}. {said(point.text)} `{clock(point.start)}`" for n, point in enumerate(minutes.decisions, 1)
    ]
    if "decisions" in form.sections:
        blocks += [f"## {words['decisions']}", "\n".join(decisions) or words["no_decisions"]]
    blocks += [f"## {words['assignments']}", _assignments(minutes, locale) or words["no_assignments"]]
    if not form.topics:
        return blocks
    blocks.append(f"## {words['topics']}")
    for topic in minutes.topics:
        blocks.append(f"### {said(topic.title)} `{clock(topic.start)}`")
        if topic.points:
            blocks.append(listed(topic.points))
    return blocks if minutes.topics else [*blocks, words["no_topics"]]


def _assignments(minutes: Minutes, locale: str) -> str:
    """Return the table of assignments, "" where there are none."""
    if not minutes.action_items:
        return ""
    words = labels(locale)

    def said(text: str) -> str:
        return escape(as_sentence(one_line(text), minutes.language))

    columns = [words[key] for key in ("number", "task", "who", "by_when", "time")]
    rows = [columns, ["---"] * len(columns)]
    for number, item in enumerate(minutes.action_items, start=1):
        who, by_when = said(item.who or "—"), said(item.by_when or "—")
        rows.append([str(number), said(item.text), who, by_when, f"`{clock(item.start)}`"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
