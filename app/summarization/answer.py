"""Reads the answer of a chat model: JSON in other text, cut off, or a little wrong; for `verification`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_FENCE = re.compile(r"```(?:json)?", re.IGNORECASE)
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_COMMA = re.compile(r",\s*([}\]])")
_MOST_CHARACTERS = 60_000
_MOST_ITEMS = 60  # of one chunk; an answer with more repeats itself
_TEXT_KEYS = ("text", "what", "point", "task", "decision", "action", "description")
_SOURCE_KEYS = ("source", "sources", "segment", "segments", "id", "ids", "lines", "line")
_NOBODY = frozenset(
    ("", "null", "none", "-", "—", "нет", "unknown", "n/a", "не указан", "не указано", "неизвестно")
)


class UnusableError(ValueError):
    """The answer holds nothing that can be read."""


@dataclass(frozen=True, slots=True)
class Said:
    """One point of an answer, not yet believed. source: numbers of segments it claims to come from."""

    text: str
    source: tuple[int, ...] = ()
    who: str | None = None
    by_when: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """topics: title and points."""

    topics: tuple[tuple[str, tuple[Said, ...]], ...] = ()
    decisions: tuple[Said, ...] = ()
    action_items: tuple[Said, ...] = ()

    @property
    def n_items(self) -> int:
        return sum(len(points) for _, points in self.topics) + len(self.decisions) + len(self.action_items)


def read_json(text: str) -> dict[str, Any]:
    """Return the first JSON object in the text, mended where it was cut off. Raises UnusableError."""
    text = _FENCE.sub("", _THOUGHT.sub("", text[:_MOST_CHARACTERS]))
    start = text.find("{")
    if start < 0:
        raise UnusableError("no object in the answer")
    body = text[start:]
    for attempt in (body, _COMMA.sub(r"\1", body), *_mended(body)):
        try:
            found, _ = json.JSONDecoder(strict=False).raw_decode(attempt)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    raise UnusableError("the answer is no JSON")


def complete(text: str) -> bool:
    """Tell whether a whole JSON object has been written, so that nothing more is waited for."""
    start = text.find("{")
    if start < 0 or not text.rstrip("` \n").endswith("}"):
        return False
    try:
        json.JSONDecoder(strict=False).raw_decode(text[start:])
    except (ValueError, RecursionError):
        return False
    return True


def _mended(body: str) -> Iterator[str]:
    """Close what was left open when the answer was cut off, dropping its last, unfinished element."""
    open_, in_string, escaped = list[str](), False, False
    ends: list[tuple[int, str]] = []  # where an element is complete, and what would close the rest
    for at, character in enumerate(body):
        if in_string:
            escaped = character == "\\" and not escaped
            if character == '"' and body[at - 1 : at] != "\\":
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "{[":
            open_.append("}" if character == "{" else "]")
        elif character in "}]" and open_ and open_[-1] == character:
            open_.pop()
            ends.append((at + 1, "".join(reversed(open_))))
    for at, closing in reversed(ends[-200:]):
        yield _COMMA.sub(r"\1", body[:at] + closing)


def parse(text: str) -> Answer:
    """Read the minutes of one part. Raises UnusableError."""
    data = read_json(text)
    known = [data.get(key) for key in ("topics", "decisions", "action_items")]
    if not any(isinstance(value, list) for value in known):
        raise UnusableError("the answer has none of the lists asked for")
    topics = tuple(
        (_plain(topic.get("title")) or "", _said(topic.get("points")))
        for topic in _list(data.get("topics"))
        if isinstance(topic, dict)
    )
    return Answer(topics, _said(data.get("decisions")), _said(data.get("action_items")))


def parse_groups(text: str) -> list[tuple[str, list[int]]]:
    """Read titles with the numbers of the points grouped under them. Raises UnusableError."""
    groups = [
        (_plain(topic.get("title")) or "", list(_numbers(topic.get("items"))))
        for topic in _list(read_json(text).get("topics"))
        if isinstance(topic, dict)
    ]
    if not any(items for _, items in groups):
        raise UnusableError("no groups in the answer")
    return groups


def _list(value: object) -> list[Any]:
    return value[:_MOST_ITEMS] if isinstance(value, list) else []


def _said(value: object) -> tuple[Said, ...]:
    return tuple(said for item in _list(value) if (said := _one(item)) is not None)


def _one(item: object) -> Said | None:
    if isinstance(item, str):
        item = {"text": item}
    if not isinstance(item, dict):
        return None
    text = next((words for key in _TEXT_KEYS if (words := _plain(item.get(key)))), None)
    source = next((item[key] for key in _SOURCE_KEYS if key in item), None)
    if text is None:
        return None
    return Said(text, tuple(_numbers(source)), _plain(item.get("who")), _plain(item.get("by_when")))


def _plain(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    words = " ".join(value.split())
    return None if words.lower() in _NOBODY else words


def _numbers(value: object) -> Iterator[int]:
    """Yield the numbers in 12, "12", "[12]", "12-14" or a list of these."""
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, bool):
            continue
        if isinstance(part, int):
            yield part
        elif isinstance(part, str):
            yield from (int(digits) for digits in re.findall(r"\d{1,9}", part)[:20])
