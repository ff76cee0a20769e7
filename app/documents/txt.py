"""Plain text, for people."""

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


def render_text(transcript: Transcript) -> str:
    """Render the words alone, as paragraphs."""
    return "\n\n".join(paragraph.text for paragraph in paragraphs(transcript)) + "\n"


def render_txt(transcript: Transcript) -> str:
    """Render a line a segment: time, speaker where known, text; doubtful ones marked."""
    lines = []
    for segment in transcript.segments:
        text = typeset(one_line(segment.text), transcript.language)
        if text:
            speaker = speaks(one_line(segment.speaker), transcript.language) if segment.speaker else ""
            mark = f"{DOUBTFUL_MARK} " if segment.doubtful else ""
            lines.append(f"[{clock(segment.start)}] {speaker}{mark}{text}")
    return "\n".join(lines) + "\n"


def render_transcript_txt(document: Document, locale: str) -> str:
    """Render the transcript under a heading that says what it is of."""
    words = labels(locale)
    blocks = _head(words["transcript"], document.without_minutes(), locale)
    if document.has_text:
        blocks.append(render_txt(document.transcript).rstrip("\n"))
    return "\n\n".join(blocks) + "\n"


def render_minutes_txt(document: Document, locale: str) -> str:
    """Render the minutes."""
    if document.form.business:
        return "\n\n".join(_protocol(document, locale)) + "\n"
    words = document.form.words(locale)
    blocks = _head(words["minutes"], document, locale)
    minutes = dated(document, locale)
    if minutes and document.has_text:
        blocks += _body(minutes, document.form, locale)
    return "\n\n".join(blocks) + "\n"


def _head(kind: str, document: Document, locale: str) -> list[str]:
    """Name the document, list what is known of the recording, and what to be careful about."""
    blocks = _titled(kind, document, facts(document, locale))
    notes = remarks(document, locale)
    if notes:
        blocks.append("\n".join([f"{labels(locale)['notes']}:", *(f"- {note}" for note in notes)]))
    return blocks


def _titled(kind: str, document: Document, rows: Sequence[tuple[str, str]]) -> list[str]:
    heading = [kind.upper(), *filter(None, [one_line(document.title)])]
    width = max(len(label) for label, _ in rows) + 1
    blocks = ["\n".join([*heading, "=" * max(map(len, heading))])]
    return [*blocks, "\n".join(f"{label + ':':<{width}} {value}" for label, value in rows)]


def _body(minutes: Minutes, form: Form, locale: str) -> list[str]:
    words, language = form.words(locale), minutes.language
    blocks = _summary(minutes.summary, words["summary"], language)
    decisions = [
        f"{n}. {_said(point, language)}{_context(point, language)}"
        for n, point in enumerate(minutes.decisions, start=1)
    ]
    if "decisions" in form.sections:
        blocks += [_section(words["decisions"]), "\n".join(decisions) or words["no_decisions"]]
    if "assignments" in form.sections:
        blocks += [_section(words["assignments"]), _assignments(minutes.action_items, language, locale)]
    if not form.topics:
        return blocks
    blocks.append(_section(words["topics"]))
    for number, topic in enumerate(minutes.topics, start=1):
        points = [f"   - {_said(point, language)}" for point in topic.points]
        title = _said(Point(topic.title, topic.start), language)
        blocks.append("\n".join([f"{number}. {title}", *points]))
    return blocks if minutes.topics else [*blocks, words["no_topics"]]


def _protocol(document: Document, locale: str) -> list[str]:
    form, words, language = protocol(document, locale), document.form.words(locale), document.language
    blocks = _titled(words["minutes"], document, form.fields)
    blocks += _summary(form.summary, words["summary"], language)
    agenda = [
        f"{number}. {as_sentence(one_line(item.title), language) or BLANK}"
        for number, item in enumerate(form.items, start=1)
    ]
    if agenda:
        blocks += [_section(words["protocol.agenda"]), "\n".join(agenda)]
    for line, (number, item) in zip(agenda, enumerate(form.items, start=1), strict=True):
        blocks.append(line)
        for label, told in (("protocol.heard", item.heard), ("protocol.spoke", item.spoke)):
            said = [_told(one, language) for one in told]
            blocks += ["\n".join([f"{words[label].upper()}:", *said])] if said else []
        resolved = [
            f"{number}.{n}. {_said(point, language)}{_context(point, language)}"
            for n, point in enumerate(item.resolved, start=1)
        ]
        resolved = resolved or [words["protocol.no_decision"]]
        blocks.append("\n".join([f"{words['protocol.resolved'].upper()}:", *resolved]))
    blocks += [_section(words["assignments"]), _assignments(form.action_items, language, locale)]
    blocks += [f"{label} {blank}" for label, blank in form.signed]
    blocks += [_section(words["protocol.recording"]), "\n".join(form.recording)]
    notes = remarks(document, locale)
    return [*blocks, "\n".join([f"{words['notes']}:", *(f"- {note}" for note in notes)])] if notes else blocks


def _told(one: Said, language: str | None) -> str:
    speaker = speaks(one.speaker, language) if one.speaker else ""
    return f"- {speaker}{' '.join(_said(point, language) for point in one.points)}"


def _summary(points: Sequence[Point], title: str, language: str | None) -> list[str]:
    listed = "\n".join(f"- {_said(point, language)}" for point in points)
    return [_section(title), listed] if points else []


def _assignments(items: Sequence[ActionItem], language: str | None, locale: str) -> str:
    words, blocks = labels(locale), []
    for number, item in enumerate(items, start=1):
        lines = [f"{number}. {_said(Point(item.text, item.start), language)}{_context(item, language)}"]
        for label, value in ((words["who"], item.who), (words["by_when"], item.by_when)):
            if value:
                lines.append(f"   {label}: {one_line(value)}")
        blocks.append("\n".join(lines))
    return "\n".join(blocks) or words["no_assignments"]


def _said(point: Point, language: str | None) -> str:
    return f"{as_sentence(one_line(point.text), language)} [{clock(point.start)}]"


def _context(one: Point | ActionItem, language: str | None) -> str:
    return f"\n   ({as_sentence(one_line(one.context), language)})" if one.context else ""


def _section(title: str) -> str:
    return f"{title.upper()}\n{'-' * len(title)}"
