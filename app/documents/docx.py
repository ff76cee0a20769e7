"""Minutes as a Word document that can be sent as it is. How it looks stands in `docx_style`."""

import io
from collections.abc import Sequence
from datetime import UTC

from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Length
from docx.text.paragraph import Paragraph

from app.documents import archive
from app.documents.document import Document, facts, remarks
from app.documents.docx_contents import LEAST_TOPICS, add_contents
from app.documents.docx_elements import add, add_run, fill, footer, frame, keep_whole, make_head, turn
from app.documents.docx_style import TEXT_WIDTH, styled
from app.documents.docx_transcript import bookmark, cited_ms, transcript_paragraphs
from app.documents.due_dates import dated
from app.documents.labels import LABELS
from app.documents.minutes import ActionItem, Minutes, Point
from app.documents.paragraphs import milliseconds
from app.documents.protocol import BLANK, Item, Said, protocol
from app.documents.sanitize import one_line
from app.documents.scripts import apart, full_tag, reads_right_to_left, script_of
from app.documents.typography import as_sentence, clock, language_tag, speaks, typeset

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
        spoken = document.language
        self.script = script_of(spoken)
        if self.script.letters == "latin":
            tag = LABELS[spoken]["tag"] if spoken in LABELS else language_tag(spoken or self.words["tag"])
        else:
            tag = full_tag(spoken or "")
        self.word = styled(self.words["tag"], one_line(tag), self.script)
        footer(self.word, self.title or self.words["untitled"], self.words["page"], TEXT_WIDTH)
        # python-docx looks through all styles for each paragraph that is given one by name
        self.ids = {style.name: style.style_id for style in self.word.styles}

    def write(self) -> bytes:
        self._properties()
        minutes = dated(self.document, self.locale)
        if self.document.form.business:
            self._protocol()
        else:
            self._head(facts(self.document, self.locale))
            if self.document.has_text and minutes:
                self._minutes(minutes)
        self._notes()
        if self.document.has_text and self.document.form.appendix:
            self._appendix()
        listed = self.document.form.topics and not self.document.form.business
        if minutes and listed and len(minutes.topics) >= LEAST_TOPICS:
            add_contents(self.word, self.head, self.words["contents"])
        self.word.save(file := io.BytesIO())
        return archive.dated(file.getvalue(), self.document.processed_at)

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
        self._paragraph("Title", self.words["minutes"])
        if self.title:
            self._add(self._paragraph("Subtitle"), self.title)
        table = self.word.add_table(rows=0, cols=2)
        frame(table, (Cm(4.5), TEXT_WIDTH - Cm(4.5)), ruled=False)
        for label, value in rows:
            cells = table.add_row().cells
            fill(cells[0], label, self.ids["Fact label"])
            cells[1].paragraphs[0]._p.style = self.ids["Fact"]
            add_run(cells[1].paragraphs[0]._p, value, rtl=reads_right_to_left(value, None))
        self.head = table._tbl

    def _protocol(self) -> None:
        """Write the business form: agenda, then each item with who was heard and what was resolved."""
        form, words = protocol(self.document, self.locale), self.words
        self._head(form.fields)
        self._summary(form.summary)
        if form.items:
            self._paragraph("Heading 1", words["protocol.agenda"])
        for number, item in enumerate(form.items, start=1):
            self._add(self._paragraph("Normal"), f"{number}. {self._sentence(item.title) or BLANK}")
        for number, item in enumerate(form.items, start=1):
            self._item(number, item)
        self._assignments(form.action_items)
        for label, blank in form.signed:
            self._paragraph("Signature", f"{label}\t{blank}")
        self._paragraph("Heading 1", words["protocol.recording"])
        for fact in form.recording:
            self._paragraph("List Bullet", fact)

    def _item(self, number: int, item: Item) -> None:
        words = self.words
        self._said(f"{number}. {item.title or BLANK}", item.start, "Heading 2")
        for label, told in (("protocol.heard", item.heard), ("protocol.spoke", item.spoke)):
            if told:
                self._paragraph("Heading 3", words[label].upper())
            for one in told:
                self._told(one)
        self._paragraph("Heading 3", words["protocol.resolved"].upper())
        for n, point in enumerate(item.resolved, start=1):
            self._said(f"{number}.{n}. {self._sentence(point.text)}", point.start, "Normal")
            if point.context:
                self._add(self._paragraph("Context"), self._sentence(point.context))
        if not item.resolved:
            self._paragraph("Nothing", words["protocol.no_decision"])

    def _told(self, one: Said) -> None:
        for n, point in enumerate(one.points):
            speaker = speaks(one.speaker, self.document.language) if one.speaker and not n else ""
            self._said(self._sentence(point.text), point.start, "List Bullet", speaker)

    def _summary(self, points: Sequence[Point]) -> None:
        if points:
            self._paragraph("Heading 1", self.words["summary"])
        for point in points:
            self._said(point.text, point.start, "List Bullet")

    def _minutes(self, minutes: Minutes) -> None:
        words = self.words
        self._summary(minutes.summary)
        if "decisions" in self.document.form.sections:
            self._paragraph("Heading 1", words["decisions"])
            self._table(
                ("number", "decision", "time"),
                (Cm(1), TEXT_WIDTH - Cm(3.1), Cm(2.1)),
                [((point.text,), point) for point in minutes.decisions],
                "no_decisions",
            )
        if "assignments" in self.document.form.sections:
            self._assignments(minutes.action_items)
        if not self.document.form.topics:
            return
        self._paragraph("Heading 1", words["topics"])
        for topic in minutes.topics:
            self._said(topic.title, topic.start, "Heading 2")
            for point in topic.points:
                self._said(point.text, point.start, "List Bullet")
        if not minutes.topics:
            self._paragraph("Nothing", words["no_topics"])

    def _assignments(self, items: Sequence[ActionItem]) -> None:
        self._paragraph("Heading 1", self.words["assignments"])
        self._table(
            ("number", "task", "who", "by_when", "time"),
            (Cm(1), TEXT_WIDTH - Cm(9.6), Cm(3.5), Cm(3), Cm(2.1)),
            [((item.text, item.who or "—", item.by_when or "—"), item) for item in items],
            "no_assignments",
        )

    def _paragraph(self, style: str, text: str = "") -> Paragraph:
        paragraph = self.word.add_paragraph(text)
        paragraph._p.style = self.ids[style]
        return paragraph

    def _said(self, text: str, start: float, style: str, speaker: str = "") -> None:
        paragraph = self._paragraph(style)
        self._add(paragraph, f"{apart(self._sentence(text), self.document.language)}\u00a0\u00a0", speaker)
        self._add_time(paragraph._p, start)

    def _add(self, paragraph: Paragraph, text: str, speaker: str = "") -> None:
        """Add what was said, in the direction of its letters."""
        rtl = reads_right_to_left(text, self.document.language)
        if rtl:
            turn(paragraph._p)
        if speaker:
            add_run(paragraph._p, speaker, self.ids["Speaker"], rtl=rtl)
        if text:
            add_run(paragraph._p, text, rtl=rtl, east_asian=self.script.letters == "east_asian")

    def _table(
        self,
        columns: Sequence[str],
        widths: Sequence[Length | int],
        rows: Sequence[tuple[Sequence[str], Point | ActionItem]],
        nothing: str,
    ) -> None:
        """Add a table of (texts, item): its first column counts the rows, its last one gives the time.

        The context of an item stands under its text.
        """
        if not rows:
            self._paragraph("Nothing", self.words[nothing])
            return
        table = self.word.add_table(rows=0, cols=len(columns))
        frame(table, widths, ruled=True, rtl=self.script.rtl)
        titles = [self.words[one] for one in columns]
        make_head(table.add_row(), titles, self.ids["Table head"], rtl=self.script.rtl)
        for number, (texts, item) in enumerate(rows, start=1):
            row = table.add_row()
            keep_whole(row)
            cells = row.cells
            for cell, text in zip(cells, (str(number), *texts, ""), strict=True):
                cell.paragraphs[0]._p.style = self.ids["Table text"]
                self._add(cell.paragraphs[0], self._sentence(text))
            self._add_time(cells[-1].paragraphs[0]._p, item.start)
            if item.context:
                context = cells[1].add_paragraph()
                context._p.style = self.ids["Context"]
                self._add(context, self._sentence(item.context))

    def _notes(self) -> None:
        notes = remarks(self.document, self.locale)
        if self.cited:
            notes.append(self.words["times_linked"])
        if notes:
            self._paragraph("Heading 1", self.words["notes"])
        for note in notes:
            self._paragraph("List Bullet", note)

    def _appendix(self) -> None:
        heading = self._paragraph("Heading 1", self.words["appendix"])
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
