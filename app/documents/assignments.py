"""Assignments to take away: a table for spreadsheets, and tasks with their deadlines for calendars."""

import csv
import io
import re
from datetime import UTC
from hashlib import sha256

from app.documents.document import Document
from app.documents.due_dates import due_date
from app.documents.labels import labels
from app.documents.minutes import in_full
from app.documents.sanitize import one_line
from app.documents.typography import as_sentence, clock

_ESCAPED = re.compile(r"[\\;,]")  # in a text of iCalendar
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection"), some also
# behind letters without width
_FORMULA = re.compile("^[\u00ad\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠]")


def render_assignments_csv(document: Document, locale: str) -> bytes:
    """Render a row an assignment, for Excel too: UTF-8 with its mark, and the separator that it expects."""
    words = labels(locale)
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";" if locale == "ru" else ",")
    writer.writerow([words[key] for key in ("number", "task", "who", "by_when", "due", "done", "time")])
    minutes = document.minutes
    for number, item in enumerate(minutes.action_items if minutes else (), start=1):
        due = due_date(item.by_when, document.said_at, document.minutes_language)
        cells = (in_full(item), item.who or "", item.by_when or "", due.isoformat() if due else "")
        done = words["yes"] if item.done else ""
        writer.writerow([number, *map(_cell, cells), done, clock(item.start)])
    return file.getvalue().encode("utf-8-sig")


def render_assignments_ics(document: Document, locale: str) -> bytes:
    """Render a task (RFC 5545, VTODO) an assignment, due on the day that its deadline names."""
    from icalendar import Calendar, Todo, vText

    class Text(vText):
        """A text as RFC 5545, section 3.3.11, writes it: vText takes the N of `C:\\Notes` for a new line."""

        def to_ical(self) -> bytes:
            return _ESCAPED.sub(r"\\\g<0>", self).replace("\n", "\\n").encode()

    words = labels(locale)
    calendar = Calendar()
    calendar.add("prodid", "-//Konspekt//")
    calendar.add("version", "2.0")
    minutes = document.minutes
    for item in minutes.action_items if minutes else ():
        task = Todo()
        text = as_sentence(one_line(item.text), document.minutes_language)
        name = f"{document.file_name} {item.start} {item.text}"
        task.add("uid", f"{sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}@konspekt")
        task.add("dtstamp", document.processed_at.astimezone(UTC))
        task.add("summary", Text(f"{one_line(item.who)}: {text}" if item.who else text))
        notes = [
            one_line(document.title),
            one_line(item.context),
            f"{words['by_when']}: {one_line(item.by_when)}" if item.by_when else "",
        ]
        notes = [*filter(None, notes), f"{words['time']}: {clock(item.start)}"]
        task.add("description", Text("\n".join(notes)))
        if due := due_date(item.by_when, document.said_at, document.minutes_language):
            task.add("due", due)
        task.add("status", "COMPLETED" if item.done else "NEEDS-ACTION")
        calendar.add_component(task)
    return bytes(calendar.to_ical())


def _cell(text: str) -> str:
    text = one_line(text)
    return f"'{text}" if _FORMULA.match(text) else text
