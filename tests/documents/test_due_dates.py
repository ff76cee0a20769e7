from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.documents.due_dates import dated, due_date
from app.documents.minutes import ActionItem
from tests.documents.meetings import russian

MONDAY = datetime(2026, 11, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("by_when", "language", "due"),
    [
        ("до среды", "ru", date(2026, 12, 2)),
        ("в четверг", "ru", date(2026, 12, 3)),
        ("к пятнице", "ru", date(2026, 12, 4)),
        ("не позднее 15 декабря", "ru", date(2026, 12, 15)),
        ("до 20.12.2026", "ru", date(2026, 12, 20)),
        ("Завтра.", "ru", date(2026, 12, 1)),
        ("через неделю", "ru", date(2026, 12, 7)),
        ("до конца недели", "ru", date(2026, 12, 4)),
        ("до конца месяца", "ru", date(2026, 11, 30)),
        ("к концу года", "ru", date(2026, 12, 31)),
        ("by Friday", "en", date(2026, 12, 4)),
        ("no later than December 15", "en", date(2026, 12, 15)),
        ("tomorrow", "en", date(2026, 12, 1)),
        ("by the end of the week", "en", date(2026, 12, 4)),
        ("2026-12-05", "en", date(2026, 12, 5)),
    ],
)
def test_a_deadline_is_the_day_that_it_names(by_when: str, language: str, due: date) -> None:
    assert due_date(by_when, MONDAY, language) == due


@pytest.mark.parametrize(
    "by_when", [None, "", "как можно скорее", "после релиза", "x" * 5000, "до", "1 января 2020"]
)
def test_what_names_no_day_to_come_is_none(by_when: str | None) -> None:
    assert due_date(by_when, MONDAY, "ru") is None


def test_in_other_languages_nothing_is_guessed() -> None:
    assert due_date("mañana", MONDAY, "es") is None
    assert due_date("завтра", MONDAY, None) is None


def test_a_deadline_gets_its_day_only_where_the_day_of_the_recording_is_known() -> None:
    meeting = russian()
    item = ActionItem("Подготовить смету", 73.0, "Пётр", "до среды")
    meeting = replace(meeting, minutes=replace(meeting.minutes, action_items=(item,)))
    assert dated(meeting, "ru").action_items == (item,)
    known = replace(meeting, recorded_at=meeting.processed_at)
    assert dated(known, "ru").action_items[0].by_when == "до среды (25 ноября 2026 г.)"
    assert dated(replace(meeting, minutes=None), "ru") is None
