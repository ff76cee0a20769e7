"""Plain text, for people."""

from app.documents.document import DOUBTFUL_MARK, Document, facts, remarks
from app.documents.due_dates import dated
from app.documents.forms import Form
from app.documents.labels import labels
from app.documents.minutes import Minutes
from app.documents.paragraphs import paragraphs
from app.documents.sanitize import one_line
from app.documents.transcript import Transcript
from app.documents.typography import as_sentence, clock, typeset


def render_text(transcript: Transcript) -> str:
    """Render the words alone, as paragraphs."""
    return "\n\n".join(paragraph.text for paragraph in paragraphs(transcript)) + "\n"


def render_txt(transcript: Transcript) -> str:
    """Render a line a segment: time, speaker where known, text; doubtful ones marked."""
    lines = []
    for segment in transcript.segments:
        text = typeset(one_line(segment.text), transcript.language)
        if text:
            speaker = f"{one_line(segment.speaker)}: " if segment.speaker else ""
            mark = f"{DOUBTFUL_MARK} " if segment.doubtful else ""
            lines.append(f"[{clock(segment.start)}] {speaker}{mark}{text}")
    return "\n".join(lines) + "\n"


def render_transcript_txt(document: Document, locale: str) -> str:
    """Render the transcript under a heading that says what it is of."""
    words = labels(locale)
    blocks = _head(words["transcript"], document.without_minutes(), locale)
    if document.has_speech:
        blocks.append(render_txt(document.transcript).rstrip("\n"))
    return "\n\n".join(blocks) + "\n"


def render_minutes_txt(document: Document, locale: str) -> str:
    """Render the minutes."""
    words = document.form.words(locale)
    blocks = _head(words["minutes"], document, locale)
    minutes = dated(document, locale)
    if minutes and document.has_speech:
        blocks += _body(minutes, document.form, locale)
    return "\n\n".join(blocks) + "\n"


def _head(kind: str, document: Document, locale: str) -> list[str]:
    """Name the document, list what is known of the recording, and what to be careful about."""
    heading = [kind.upper(), *filter(None, [one_line(document.title)])]
    rows = facts(document, locale)
    width = max(len(label) for label, _ in rows) + 1
    blocks = ["\n".join([*heading, "=" * max(map(len, heading))])]
    blocks.append("\n".join(f"{label + ':':<{width}} {value}" for label, value in rows))
    notes = remarks(document, locale)
    if notes:
        blocks.append("\n".join([f"{labels(locale)['notes']}:", *(f"- {note}" for note in notes)]))
    return blocks


def _body(minutes: Minutes, form: Form, locale: str) -> list[str]:
    words = form.words(locale)

    def said(text: str, start: float) -> str:
        return f"{as_sentence(one_line(text), minutes.language)} [{clock(start)}]"

    blocks = []
    if minutes.summary:
        points = [f"- {said(point.text, point.start)}" for point in minutes.summary]
        blocks += [_section(words["summary"]), "\n".join(points)]
    decisions = [
        f"{n}. {said(point.text, point.start)}" for n, point in enumerate(minutes.decisions, start=1)
    ]
    if "decisions" in form.sections:
        blocks += [_section(words["decisions"]), "\n".join(decisions) or words["no_decisions"]]
    items = []
    for number, item in enumerate(minutes.action_items, start=1):
        lines = [f"{number}. {said(item.text, item.start)}"]
        for label, value in ((words["who"], item.who), (words["by_when"], item.by_when)):
            if value:
                lines.append(f"   {label}: {one_line(value)}")
        items.append("\n".join(lines))
    blocks += [_section(words["assignments"]), "\n".join(items) or words["no_assignments"]]
    if not form.topics:
        return blocks
    blocks.append(_section(words["topics"]))
    for number, topic in enumerate(minutes.topics, start=1):
        points = [f"   - {said(point.text, point.start)}" for point in topic.points]
        blocks.append("\n".join([f"{number}. {said(topic.title, topic.start)}", *points]))
    return blocks if minutes.topics else [*blocks, words["no_topics"]]


def _section(title: str) -> str:
    return f"{title.upper()}\n{'-' * len(title)}"
