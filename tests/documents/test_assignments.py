import csv
import io
from dataclasses import replace
from datetime import date

from icalendar import Calendar

from app.documents.assignments import render_assignments_csv, render_assignments_ics
from app.documents.minutes import ActionItem
from tests.documents.meetings import english, russian

FORMULAS = (
    '=HYPERLINK("http://evil")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\ufeff=1",
    "\u200b@1",
    "＝1",
    "－1",
)
WICKED = (*FORMULAS, 'a";"b\nc', "BEGIN:VEVENT\r\nSUMMARY:x")


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_each_assignment_is_a_row_with_its_date() -> None:
    head, first, *_ = rows(render_assignments_csv(russian(), "ru"))
    assert head == ["№", "Поручение", "Ответственный", "Срок", "Дата срока", "Выполнено", "Время"]
    assert first[1:5] == ["Подготовить смету по отделам", "Пётр Смирнов", "до 27 ноября", "2026-11-27"]


def test_each_assignment_is_a_task_that_calendars_read() -> None:
    tasks = Calendar.from_ical(render_assignments_ics(russian(), "ru")).walk("VTODO")
    assert [task.decoded("due", None) for task in tasks] == [date(2026, 11, 27), date(2026, 12, 15), None]
    assert str(tasks[0]["summary"]) == "Пётр Смирнов: Подготовить смету по отделам"
    assert len({str(task["uid"]) for task in tasks}) == 3


def test_no_text_becomes_a_formula_a_row_or_an_entry_of_its_own() -> None:
    document = russian()
    assert document.minutes is not None
    items = tuple(ActionItem(text, 1.0, who=text, by_when=text, done=True) for text in WICKED)
    document = replace(document, minutes=replace(document.minutes, action_items=items))
    _, *table = rows(render_assignments_csv(document, "ru"))
    assert len(table) == len(WICKED)
    assert all(row[column].startswith("'") for row in table[: len(FORMULAS)] for column in (1, 2, 3))
    calendar = Calendar.from_ical(render_assignments_ics(document, "ru"))
    assert len(calendar.walk("VTODO")) == len(WICKED)
    assert not calendar.walk("VEVENT")
    assert {str(task["status"]) for task in calendar.walk("VTODO")} == {"COMPLETED"}


def test_a_path_of_windows_stays_one_line() -> None:
    document = english()
    assert document.minutes
    items = (replace(document.minutes.action_items[0], text=r"Copy C:\Notes\new; then C:\\x, all of it"),)
    document = replace(document, minutes=replace(document.minutes, action_items=items))
    written = render_assignments_ics(document, "en").decode().replace("\r\n ", "")
    assert r"Copy C:\\Notes\\new\; then C:\\\\x\, all of it" in written
