"""Deadlines as dates: «до среды», "by Friday", counted from the day of the meeting."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from app.documents.document import Document
from app.documents.minutes import ActionItem, Minutes
from app.documents.typography import format_date

_UNTIL = re.compile(
    r"^(?:не (?:позднее|позже)|до|к|ко|в срок до|срок|not? later than|by|until|till|before|on|the)\s+",
    re.IGNORECASE,
)
# dateparser knows weekdays as they stand in «в среду», not after «до»
_WEEKDAYS_RU = {
    "понедельника": "понедельник", "понедельнику": "понедельник",
    "вторника": "вторник", "вторнику": "вторник",
    "среды": "среда", "среде": "среда", "четверга": "четверг", "четвергу": "четверг",
    "пятницы": "пятница", "пятнице": "пятница", "субботы": "суббота", "субботе": "суббота",
    "воскресенья": "воскресенье", "воскресенью": "воскресенье",
}  # fmt: skip
_END = re.compile(
    r"кон(?:ца|цу|це) (недели|месяца|года)|end of (?:the |this )?(week|month|year)", re.IGNORECASE
)
_WORK_WEEK_ENDS = 4  # Friday
_WEEKDAYS = frozenset(_WEEKDAYS_RU.values()) | frozenset(
    [
        "среду",
        "пятницу",
        "субботу",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)
LANGUAGES = ("ru", "en")


def due_date(by_when: str | None, said_at: datetime, language: str | None) -> date | None:
    """Return the day that a deadline names. None: we understand none, or it lies before the meeting."""
    if not by_when or language not in LANGUAGES or len(by_when) > 100:
        return None
    words = by_when.strip().strip(".,;!").lower()
    if ends := _END.search(words):
        return _end_of(ends[1] or ends[2], said_at.date())
    while (rest := _UNTIL.sub("", words)) != words:
        words = rest
    words = " ".join(_WEEKDAYS_RU.get(word, word) for word in words.split())
    import dateparser

    found = dateparser.parse(
        words,
        languages=[language],
        settings={
            "RELATIVE_BASE": said_at.replace(tzinfo=None),
            "PREFER_DATES_FROM": "future",
            "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": [] if _WEEKDAYS.intersection(words.split()) else ["day"],
        },
    )
    return found.date() if found and found.date() >= said_at.date() else None


def dated(document: Document, locale: str) -> Minutes | None:
    """Return the minutes with the days of their deadlines, where the day of the recording is known.

    «До среды» becomes «до среды (18 ноября 2026 г.)».
    """
    minutes, said_at = document.minutes, document.recorded_at
    if minutes is None or said_at is None:
        return minutes

    def with_day(item: ActionItem) -> ActionItem:
        due = due_date(item.by_when, said_at, document.language)
        return replace(item, by_when=f"{item.by_when} ({format_date(due, locale)})") if due else item

    return replace(minutes, action_items=tuple(map(with_day, minutes.action_items)))


def _end_of(span: str, today: date) -> date:
    if span.startswith(("нед", "week")):
        return today + timedelta(days=(_WORK_WEEK_ENDS - today.weekday()) % 7)
    month = 12 if span.startswith(("год", "year")) else today.month
    following = date(today.year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
