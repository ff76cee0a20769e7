"""Minutes as a Word document that can be sent as it is. How it looks stands in `docx_style`."""

import io
from collections.abc import Sequence
from datetime import UTC

import docx
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Length
from docx.table import _Cell

from app.documents.document import Document, facts, remarks
from app.documents.docx_contents import LEAST_TOPICS, add_contents
from app.documents.docx_elements import add, add_run, footer, frame, keep_whole, make_head
from app.documents.docx_style import TEXT_WIDTH, apply
from app.documents.docx_transcript import bookmark, cited_ms, transcript_paragraphs
from app.documents.due_dates import dated
from app.documents.labels import LABELS
from app.documents.minutes import ActionItem, Minutes, Point
from app.documents.paragraphs import milliseconds
from app.documents.protocol import BLANK, Item, Said, protocol
from app.documents.sanitize import one_line
from app.documents.typography import as_sentence, clock, language_tag, typeset

AUTHOR = "Konspekt"
MAX_PROPERTY_CHARS = 255  # of Office core properties; python-docx raises above it


def render_minutes_docx(document: Document, locale: str) -> bytes:
    """Render the minutes, with the transcript as an appendix that their times lead to."""
    return _Writer(document, locale).write()


class _Writer:
    """Writes one document from top to bottom."""

    def __init__(self, document: Document, locale: str) -> None:
        self.document = document
        self.locale = locale
        self.words = document.form.words(locale)
        self.title = typeset(one_line(document.title), document.language or locale)
        self.cited = cited_ms(document) if document.form.appendix else frozenset()
        self.word = docx.Document()
        spoken = document.language
        text_tag = (
            LABELS[spoken]["tag"] if spoken in LABELS else one_line(language_tag(spoken or self.words["tag"]))
        )
        apply(self.word, self.words["tag"], text_tag)
        footer(self.word, self.title or self.words["untitled"], self.words["page"], TEXT_WIDTH)
        self.ids = {
            name: self.word.styles[name].style_id for name in ("Time", "Speaker", "Doubtful", "Transcript")
        }

    def write(self) -> bytes:
        self._properties()
        minutes = dated(self.document, self.locale)
        if self.document.form.business:
            self._protocol()
        else:
            self._head(facts(self.document, self.locale))
            if self.document.has_speech and minutes:
                self._minutes(minutes)
        self._notes()
        if self.document.has_speech and self.document.form.appendix:
            self._appendix()
        listed = self.document.form.topics and not self.document.form.business
        if minutes and listed and len(minutes.topics) >= LEAST_TOPICS:
            add_contents(self.word, self.head, self.words["contents"])
        file = io.BytesIO()
        self.word.save(file)
        return file.getvalue()

    def _properties(self) -> None:
        properties = self.word.core_properties
        properties.title = (self.title or self.words["minutes"])[:MAX_PROPERTY_CHARS]
        properties.subject = self.words["minutes"]
        properties.author = properties.last_modified_by = AUTHOR
        properties.comments = ""
        properties.language = self.words["tag"]
        # python-docx writes the time as it stands and calls it UTC.
        processed = self.document.processed_at.astimezone(UTC).replace(tzinfo=None)
        properties.created = properties.modified = processed

    def _head(self, rows: Sequence[tuple[str, str]]) -> None:
        self.word.add_paragraph(self.words["minutes"], style="Title")
        if self.title:
            self.word.add_paragraph(self.title, style="Subtitle")
        table = self.word.add_table(rows=0, cols=2)
        frame(table, (Cm(4.5), TEXT_WIDTH - Cm(4.5)), ruled=False)
        for label, value in rows:
            cells = table.add_row().cells
            _fill(cells[0], label, "Fact label")
            _fill(cells[1], value, "Fact")
        self.head = table._tbl

    def _protocol(self) -> None:
        """Write the business form: agenda, then each item with who was heard and what was resolved."""
        form, words = protocol(self.document, self.locale), self.words
        self._head(form.fields)
        self._summary(form.summary)
        if form.items:
            self.word.add_heading(words["protocol.agenda"], level=1)
        for number, item in enumerate(form.items, start=1):
            self.word.add_paragraph(f"{number}. {self._sentence(item.title) or BLANK}", style="Normal")
        for number, item in enumerate(form.items, start=1):
            self._item(number, item)
        self._assignments(form.action_items)
        for label, blank in form.signed:
            self.word.add_paragraph(f"{label}\t{blank}", style="Signature")
        self.word.add_heading(words["protocol.recording"], level=1)
        for fact in form.recording:
            self.word.add_paragraph(fact, style="List Bullet")

    def _item(self, number: int, item: Item) -> None:
        words = self.words
        self._said(f"{number}. {item.title or BLANK}", item.start, "Heading 2")
        for label, told in (("protocol.heard", item.heard), ("protocol.spoke", item.spoke)):
            if told:
                self.word.add_heading(words[label].upper(), level=3)
            for one in told:
                self._told(one)
        self.word.add_heading(words["protocol.resolved"].upper(), level=3)
        for n, point in enumerate(item.resolved, start=1):
            self._said(f"{number}.{n}. {self._sentence(point.text)}", point.start, "Normal")
        if not item.resolved:
            self.word.add_paragraph(words["protocol.no_decision"], style="Nothing")

    def _told(self, one: Said) -> None:
        for n, point in enumerate(one.points):
            speaker = f"{one.speaker}: " if one.speaker and not n else ""
            self._said(self._sentence(point.text), point.start, "List Bullet", speaker)

    def _summary(self, points: Sequence[Point]) -> None:
        if points:
            self.word.add_heading(self.words["summary"], level=1)
        for point in points:
            self._said(point.text, point.start, "List Bullet")

    def _minutes(self, minutes: Minutes) -> None:
        words = self.words
        self._summary(minutes.summary)
        if "decisions" in self.document.form.sections:
            self.word.add_heading(words["decisions"], level=1)
            self._table(
                ("number", "decision", "time"),
                (Cm(1), TEXT_WIDTH - Cm(3.1), Cm(2.1)),
                [((point.text,), point.start) for point in minutes.decisions],
                "no_decisions",
            )
        if "assignments" in self.document.form.sections:
            self._assignments(minutes.action_items)
        if not self.document.form.topics:
            return
        self.word.add_heading(words["topics"], level=1)
        for topic in minutes.topics:
            self._said(topic.title, topic.start, "Heading 2")
            for point in topic.points:
                self._said(point.text, point.start, "List Bullet")
        if not minutes.topics:
            self.word.add_paragraph(words["no_topics"], style="Nothing")

    def _assignments(self, items: Sequence[ActionItem]) -> None:
        self.word.add_heading(self.words["assignments"], level=1)
        self._table(
            ("number", "task", "who", "by_when", "time"),
            (Cm(1), TEXT_WIDTH - Cm(9.6), Cm(3.5), Cm(3), Cm(2.1)),
            [((item.text, item.who or "—", item.by_when or "—"), item.start) for item in items],
            "no_assignments",
        )

    def _said(self, text: str, start: float, style: str, speaker: str = "") -> None:
        paragraph = self.word.add_paragraph(style=style)
        if speaker:
            paragraph.add_run(speaker, style="Speaker")
        paragraph.add_run(f"{self._sentence(text)}\u00a0\u00a0")
        self._add_time(paragraph._p, start)

    def _table(
        self,
        columns: Sequence[str],
        widths: Sequence[Length | int],
        rows: Sequence[tuple[Sequence[str], float]],
        nothing: str,
    ) -> None:
        """Add a table of (texts, start): its first column counts the rows, its last one gives the time."""
        if not rows:
            self.word.add_paragraph(self.words[nothing], style="Nothing")
            return
        table = self.word.add_table(rows=0, cols=len(columns))
        frame(table, widths, ruled=True)
        head = table.add_row()
        make_head(head)
        for cell, column in zip(head.cells, columns, strict=True):
            _fill(cell, self.words[column], "Table head")
        for number, (texts, start) in enumerate(rows, start=1):
            row = table.add_row()
            keep_whole(row)
            cells = row.cells
            for cell, text in zip(cells, (str(number), *texts, ""), strict=True):
                _fill(cell, self._sentence(text), "Table text")
            self._add_time(cells[-1].paragraphs[0]._p, start)

    def _notes(self) -> None:
        notes = remarks(self.document, self.locale)
        if self.cited:
            notes.append(self.words["times_linked"])
        if notes:
            self.word.add_heading(self.words["notes"], level=1)
        for note in notes:
            self.word.add_paragraph(note, style="List Bullet")

    def _appendix(self) -> None:
        heading = self.word.add_heading(self.words["appendix"], level=1)
        heading.paragraph_format.page_break_before = True
        end = self.word.element.body.sectPr
        for paragraph in transcript_paragraphs(self.document, self.cited, self.ids):
            end.addprevious(paragraph)

    def _sentence(self, text: str) -> str:
        return as_sentence(one_line(text), self.document.language)

    def _add_time(self, parent: BaseOxmlElement, start: float) -> None:
        """Add a time; a link to its place in the appendix where there is one."""
        if milliseconds(start) in self.cited:
            parent = add(parent, "w:hyperlink", anchor=bookmark(milliseconds(start)), history="1")
        add_run(parent, clock(start), self.ids["Time"])


def _fill(cell: _Cell, text: str, style: str) -> None:
    cell.paragraphs[0].style = style
    cell.paragraphs[0].add_run(text)
