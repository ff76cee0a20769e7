"""What models call the lists and fields asked for, and how they write the values; for `answer`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# In letters only
LISTS = {
    "topics": (
        "topics",
        "topic",
        "themes",
        "sections",
        "agenda",
        "discussion",
        "темы",
        "обсуждение",
        "вопросы",
    ),
    "decisions": ("decisions", "decision", "keydecisions", "decisionsmade", "resolutions", "решения"),
    "action_items": (
        *("actionitems", "actionitem", "actions", "assignments", "tasks", "todos", "todo", "nextsteps"),
        *("поручения", "задачи", "задания"),
    ),
}
LIST_OF = {name: key for key, names in LISTS.items() for name in names}
_TEXT = ("text", "what", "point", "task", "decision", "action", "description", "assignment", "title", "item")
_TEXT_RU = ("текст", "что", "решение", "поручение", "задача", "пункт")
TEXTS = (*_TEXT, *_TEXT_RU)
SOURCES = ("source", "sources", "segment", "segments", "id", "ids", "lines", "line", "источник", "строки")
WHO = ("who", "assignee", "owner", "responsible", "person", "name", "assignedto", "кто", "ответственный")
WHEN = ("bywhen", "when", "due", "duedate", "deadline", "by", "срок", "когда")
TITLES = ("title", "name", "topic", "heading", "theme", "тема", "название")
POINTS = ("points", "items", "details", "text", "summary", "notes", "пункты")
NOBODY = frozenset(
    ("", "null", "none", "-", "—", "нет", "unknown", "n/a", "не указан", "не указано", "неизвестно")
)


def field(item: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """Return the first value that goes by one of these names."""
    for key, value in item.items():
        if letters(key) in names and value is not None:
            return value
    return None


def letters(key: str) -> str:
    """Return a key in its letters alone: "Action Items", action_items and actionItems are the same."""
    return re.sub(r"[\W_\d]+", "", str(key)).casefold()


def name(value: object) -> str | None:
    """Read a name or a date: as words, as a list of them, or as an object that holds one."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(name, value))) or None
    if isinstance(value, dict):
        return next(filter(None, map(plain, value.values())), None)
    return plain(value)


def plain(value: object) -> str | None:
    """Return words; None where they say that there is nobody or nothing."""
    if not isinstance(value, str):
        return None
    words = " ".join(value.split())
    return None if words.lower() in NOBODY else words


def numbers(value: object) -> Iterator[int]:
    """Yield the numbers in 12, "12", "[12]", "12-14" or a list of these."""
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, bool):
            continue
        if isinstance(part, int):
            yield part
        elif isinstance(part, str):
            yield from (int(digits) for digits in re.findall(r"\d{1,9}", part)[:20])
