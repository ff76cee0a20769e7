"""What a chat model's answer says, whatever it calls its lists and fields; for `verification`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.summarization.answer_fields import (
    LIST_OF,
    LISTS,
    POINTS,
    SOURCES,
    TEXTS,
    TITLES,
    WHEN,
    WHO,
    field,
    letters,
    name,
    numbers,
    plain,
)
from app.summarization.json_text import Read, UnusableError, read_json

_MOST_ITEMS = 200  # of one list of one part; more is a loop in other words
_PROMISED = re.compile(r"""["'](?:text|what)["']\s*:""")


@dataclass(frozen=True, slots=True)
class Said:
    """One point of an answer, not yet believed. source: numbers of segments it claims to come from."""

    text: str
    source: tuple[int, ...] = ()
    who: str | None = None
    by_when: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """topics: title and points.

    cut: it broke off; lacking: a list that was asked for is not there; unreadable, repeated: items that are
    none, or that say the same.
    """

    topics: tuple[tuple[str, tuple[Said, ...]], ...] = ()
    decisions: tuple[Said, ...] = ()
    action_items: tuple[Said, ...] = ()
    cut: bool = False
    lacking: bool = False
    unreadable: int = 0
    repeated: int = 0

    @property
    def n_items(self) -> int:
        return sum(len(points) for _, points in self.topics) + len(self.decisions) + len(self.action_items)


def parse(text: str) -> Answer:
    """Read the minutes of one part. Raises UnusableError."""
    read = read_json(text)
    lists = _lists(read)
    if not lists:
        raise UnusableError("the answer has none of the lists asked for")
    reader = _Reader()
    topics = tuple(reader.topic(one) for one in reader.listed(lists.get("topics")))
    decisions = reader.said(lists.get("decisions"))
    action_items = reader.said(lists.get("action_items"))
    answer = Answer(
        tuple(topic for topic in topics if topic is not None),
        decisions,
        action_items,
        read.cut,
        len(lists) < len(LISTS),
        reader.unreadable,
        reader.repeated,
    )
    if not answer.n_items and any(isinstance(value, str) for value in lists.values()):
        raise UnusableError("the answer says in words that there is nothing")
    lost = len(_PROMISED.findall(text)) - answer.n_items - answer.unreadable - answer.repeated
    if read.mended and lost > 0 and not read.cut:
        return replace(answer, cut=True, unreadable=answer.unreadable + lost)
    return answer


def parse_groups(text: str) -> list[tuple[str, list[int]]]:
    """Read titles with the numbers of the points grouped under them. Raises UnusableError."""
    reader = _Reader()
    groups = [
        (plain(field(topic, TITLES)) or "", list(numbers(field(topic, ("items", "points", "numbers")))))
        for topic in reader.listed(_lists(read_json(text)).get("topics"))
        if isinstance(topic, dict)
    ]
    if not any(items for _, items in groups):
        raise UnusableError("no groups in the answer")
    return groups


def _lists(read: Read) -> dict[str, Any]:
    """Return the lists that were asked for, by their own names, from however deep they stand."""
    found: dict[str, Any] = {}
    for number, one in enumerate(read.objects):
        if one in read.objects[:number]:
            continue  # the same answer twice
        for key, value in _named(one, 3).items():
            if key in found and isinstance(found[key], list) and isinstance(value, list):
                found[key] = [*found[key], *value]
            else:
                found.setdefault(key, value)
    return found


def _named(data: Mapping[str, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in data.items():
        name = LIST_OF.get(letters(key))
        if name is not None and (name not in found or not found[name]):
            found[name] = value
    for value in () if found or not depth else data.values():
        inner = _object(value)
        if inner:
            found = {**_named(inner, depth - 1), **found}
    return found


def _object(value: object) -> Mapping[str, Any] | None:
    """Return an object that stands as itself, in a string or in a list of one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str) and "{" in value:
        try:
            value = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


class _Reader:
    """Reads items, and counts what it cannot read and what is said twice."""

    def __init__(self) -> None:
        self.unreadable = 0
        self.repeated = 0

    def listed(self, value: object) -> list[Any]:
        """Return the items of a list, each once, in whatever form the list comes."""
        if isinstance(value, str):
            inner = plain(value)
            value = [inner] if inner else []
        elif isinstance(value, dict):
            is_item = any(letters(key) in (*TEXTS, *POINTS, *TITLES) for key in value)
            value = [value] if is_item else [_by_name(key, one) for key, one in value.items()]
        if not isinstance(value, list):
            return []
        found, seen = [], set[str]()
        for item in value:
            key = json.dumps(item, sort_keys=True, ensure_ascii=False, default=str)
            if key not in seen:
                seen.add(key)
                found.append(item)
        self.repeated += len(value) - len(found)
        self.unreadable += len(found[_MOST_ITEMS:])
        return found[:_MOST_ITEMS]

    def topic(self, value: object) -> tuple[str, tuple[Said, ...]] | None:
        if isinstance(value, str):
            return value, self.said([value])
        if not isinstance(value, dict):
            self.unreadable += 1
            return None
        points = self.said(field(value, POINTS))
        return plain(field(value, TITLES)) or "", points

    def said(self, value: object) -> tuple[Said, ...]:
        return tuple(said for item in self.listed(value) if (said := self._one(item)) is not None)

    def _one(self, item: object) -> Said | None:
        if isinstance(item, str):
            item = {"text": item}
        if not isinstance(item, dict):
            self.unreadable += item is not None
            return None
        text = next((words for key in TEXTS if (words := plain(field(item, (key,))))), None)
        if text is None:
            self.unreadable += any(plain(value) for value in item.values())
            return None
        source = tuple(numbers(field(item, SOURCES)))
        return Said(text, source, name(field(item, WHO)), name(field(item, WHEN)))


def _by_name(key: str, value: object) -> object:
    """Read {"Иван": "смета"} as an item of Ivan's."""
    if isinstance(value, dict):
        return value if field(value, WHO) else {"who": key, **value}
    return {"who": key, "what": value}
