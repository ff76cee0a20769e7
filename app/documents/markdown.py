"""Markdown (CommonMark, tables as on GitHub), for wikis and notes."""

import re
from collections.abc import Sequence

from app.documents.document import DOUBTFUL_MARK, Document, facts, remarks
from app.documents.due_dates import dated
from app.documents.forms import Form
from app.documents.labels import labels
from app.documents.minutes import ActionItem, Minutes, Point
from app.documents.paragraphs import paragraphs
from app.documents.protocol import BLANK, Said, protocol
from app.documents.sanitize import one_line
from app.documents.transcript import Transcript
from app.documents.typography import as_sentence, clock, speaks, typeset

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")
# What GitHub makes a link of by itself (GFM, 6.9): `www.` and `https://`; behind a backslash it does not
_ADDRESS = re.compile(r"(?i)(?<=www)(?=\.)|(?=://)")
_LIST_MARK = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+=]))")


def escape(text: str) -> str:
    """Make foreign text one line that Markdown shows as it is: no link, no HTML, no table cell, no list.

    A mail address may still become one: GitHub makes links of them behind a backslash too.
    """
    bare = _ADDRESS.sub(r"\\", _SPECIAL.sub(r"\\\1", one_line(text)))
    return _LIST_MARK.sub(r"\1\\", bare)


def render_md(transcript: Transcript) -> str:
    """Render the transcript as paragraphs, each after its time and its speaker."""
    blocks = []
    for paragraph in paragraphs(transcript):
        said_by = speaks(escape(paragraph.speaker or ""), transcript.language).rstrip()
        speaker = f" **{said_by}**" if paragraph.speaker else ""
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
    if document.form.business:
        return "\n\n".join(_protocol(document, locale)) + "\n"
    blocks = _head(document.form.words(locale)["minutes"], document, locale)
    minutes = dated(document, locale)
    if minutes and document.has_text:
        blocks += _body(minutes, document.form, locale)
    return "\n\n".join(blocks) + "\n"


def _head(kind: str, document: Document, locale: str) -> list[str]:
    blocks = _titled(kind, document, facts(document, locale))
    blocks += [f"> {escape(remark)}" for remark in remarks(document, locale)]
    return blocks


def _titled(kind: str, document: Document, rows: Sequence[tuple[str, str]]) -> list[str]:
    title = [f"**{escape(document.title)}**"] if document.title else []
    return [f"# {kind}", *title, "\n".join(f"- **{label}:** {escape(value)}" for label, value in rows)]


def _body(minutes: Minutes, form: Form, locale: str) -> list[str]:
    words, language = form.words(locale), minutes.language
    blocks = [f"## {words['summary']}", _listed(minutes.summary, language)] if minutes.summary else []
    if "decisions" in form.sections:
        blocks += [f"## {words['decisions']}", _counted(minutes.decisions, language) or words["no_decisions"]]
    if "assignments" in form.sections:
        table = _assignments(minutes.action_items, language, locale)
        blocks += [f"## {words['assignments']}", table or words["no_assignments"]]
    if not form.topics:
        return blocks
    blocks.append(f"## {words['topics']}")
    for topic in minutes.topics:
        blocks.append(f"### {_said(topic.title, language)} `{clock(topic.start)}`")
        if topic.points:
            blocks.append(_listed(topic.points, language))
    return blocks if minutes.topics else [*blocks, words["no_topics"]]


def _protocol(document: Document, locale: str) -> list[str]:
    form, words, language = protocol(document, locale), document.form.words(locale), document.language
    blocks = _titled(words["minutes"], document, form.fields)
    blocks += [f"## {words['summary']}", _listed(form.summary, language)] if form.summary else []
    titles = [_said(item.title, language) or escape(BLANK) for item in form.items]
    if titles:
        agenda = "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))
        blocks += [f"## {words['protocol.agenda']}", agenda]
    for number, (title, item) in enumerate(zip(titles, form.items, strict=True), 1):
        blocks.append(f"### {number}\\. {title} `{clock(item.start)}`")
        for label, told in (("protocol.heard", item.heard), ("protocol.spoke", item.spoke)):
            if told:
                blocks += [f"**{words[label]}:**", "\n".join(_told(one, language) for one in told)]
        resolved = _counted(item.resolved, language) or words["protocol.no_decision"]
        blocks += [f"**{words['protocol.resolved']}:**", resolved]
    table = _assignments(form.action_items, language, locale)
    blocks += [f"## {words['assignments']}", table or words["no_assignments"]]
    blocks += [f"{label} {escape(blank)}" for label, blank in form.signed]
    blocks += [f"## {words['protocol.recording']}", "\n".join(f"- {escape(one)}" for one in form.recording)]
    return blocks + [f"> {escape(remark)}" for remark in remarks(document, locale)]


def _told(one: Said, language: str | None) -> str:
    speaker = f"**{speaks(escape(one.speaker), language).rstrip()}** " if one.speaker else ""
    return f"- {speaker}{' '.join(_timed(point, language) for point in one.points)}"


def _timed(point: Point, language: str | None) -> str:
    return f"{_said(point.text, language)} `{clock(point.start)}`{_context(point, language)}"


def _context(one: Point | ActionItem, language: str | None) -> str:
    return f" *({_said(one.context, language)})*" if one.context else ""


def _said(text: str, language: str | None) -> str:
    return escape(as_sentence(one_line(text), language))


def _listed(points: Sequence[Point], language: str | None) -> str:
    return "\n".join(f"- {_timed(point, language)}" for point in points)


def _counted(points: Sequence[Point], language: str | None) -> str:
    return "\n".join(f"{n}. {_timed(point, language)}" for n, point in enumerate(points, 1))


def _assignments(items: Sequence[ActionItem], language: str | None, locale: str) -> str:
    """Return the table of assignments, "" where there are none."""
    if not items:
        return ""
    words = labels(locale)
    columns = [words[key] for key in ("number", "task", "who", "by_when", "time")]
    rows = [columns, ["---"] * len(columns)]
    for number, item in enumerate(items, start=1):
        who, by_when = _said(item.who or "—", language), _said(item.by_when or "—", language)
        text = f"{_said(item.text, language)}{_context(item, language)}"
        rows.append([str(number), text, who, by_when, f"`{clock(item.start)}`"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
