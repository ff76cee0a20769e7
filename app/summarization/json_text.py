"""Reads JSON out of a chat model's text: among other words, in fences, cut off, or a little wrong."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.summarization.thoughts import without_thoughts

_FENCE = re.compile(r"```(?:json\w*)?", re.IGNORECASE)
_COMMA = re.compile(r",\s*([}\]])")
_OBJECT = re.compile(r"\{[^{}]*\}")
_MOST_CHARACTERS = 200_000
_MOST_STARTS = 40  # braces at which an object may begin
_LOOP = 4  # times that one object is written until the answer is called a loop
_DECODER = json.JSONDecoder(strict=False)


class UnusableError(ValueError):
    """The answer holds nothing that can be read."""


@dataclass(frozen=True, slots=True)
class Read:
    """The objects of an answer. cut: it broke off; mended: it was no JSON, so something may be lost."""

    objects: tuple[dict[str, Any], ...]
    cut: bool = False
    mended: bool = False


def read_json(text: str) -> Read:
    """Return the JSON objects in the text. Raises UnusableError."""
    cut = len(text) > _MOST_CHARACTERS
    text = _FENCE.sub("", without_thoughts(text[:_MOST_CHARACTERS])).replace("\x00", "")
    whole = tuple(_whole(text))
    if whole:
        return Read(whole, cut)
    body = _longest(text)
    if not body:
        raise UnusableError("no object in the answer")
    without_commas = next(_whole(_COMMA.sub(r"\1", body)), None)
    if without_commas is not None:
        return Read((without_commas,), cut)
    ends, is_open = _ends(body)
    if not is_open:
        return Read((_repaired(body),), cut, mended=True)
    for at, closing in reversed(ends[-200:]):
        found = next(_whole(_COMMA.sub(r"\1", body[:at] + closing)), None)
        if found is not None:
            return Read((found,), cut=True, mended=True)
    return Read((_repaired(body),), cut=True, mended=True)


def complete(text: str) -> bool:
    """Tell whether a whole JSON object has been written, so that nothing more is waited for."""
    if not text.rstrip("` \n").endswith("}"):
        return False
    return next(_whole(without_thoughts(text)), None) is not None


def loops(text: str) -> bool:
    """Tell whether an answer says the same object again and again, but for its numbers, or the same words."""
    said = Counter(re.sub(r"\d+", "#", found) for found in _OBJECT.findall(text))
    if any(n >= _LOOP for n in said.values()):
        return True
    tail = text[-60:]
    return len(tail) == 60 and text.count(tail) >= _LOOP


def _whole(text: str) -> Iterator[dict[str, Any]]:
    """Yield the objects that stand in a text one after the other, those in lists and in strings too."""
    at, n_starts = 0, 0
    while n_starts < _MOST_STARTS and (at := _next_start(text, at)) >= 0:
        n_starts += 1
        try:
            found, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            length = _length(text[at:])
            if not length and text[at] == "{":
                return  # the answer itself broke off: what stands within it is not the answer
            at += length or 1
            continue
        at = end
        yield from (one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict))


def _next_start(text: str, at: int) -> int:
    starts = [start for start in (text.find("{", at), text.find("[{", at)) if start >= 0]
    return min(starts, default=-1)


def _longest(text: str) -> str:
    """Return the text from where the longest object begins, or the one that does not end; "" if none does."""
    found, at = (0, -1), text.find("{")
    for _ in range(_MOST_STARTS):
        if at < 0:
            break
        length = _length(text[at:])
        found = max(found, (length or len(text) - at, at))
        at = text.find("{", at + length) if length else -1
    return text[found[1] :] if found[1] >= 0 else ""


def _length(body: str) -> int:
    """Return how many characters the object or list has that a text begins with; 0: it does not end."""
    ends, is_open = _ends(body)
    return 0 if is_open or not ends else ends[-1][0]


def _repaired(body: str) -> dict[str, Any]:
    """Read what is almost JSON: comments, single quotes, quotes within words, names without quotes."""
    from json_repair import repair_json

    try:
        found = repair_json(body, return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError, IndexError) as error:
        raise UnusableError("the answer is no JSON") from error
    if isinstance(found, list):
        found = next((one for one in found if isinstance(one, dict)), None)
    if not isinstance(found, dict) or not found:
        raise UnusableError("the answer is no JSON")
    return found


def _ends(body: str) -> tuple[list[tuple[int, str]], bool]:
    """Return where an element is complete, what would close the rest there, and whether the end is open."""
    open_, in_string, escaped = list[str](), False, False
    ends: list[tuple[int, str]] = []
    for at, character in enumerate(body):
        if in_string:
            if character == '"' and not escaped:
                in_string = False
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string, escaped = True, False
        elif character in "{[":
            open_.append("}" if character == "{" else "]")
        elif character in "}]" and open_ and open_[-1] == character:
            open_.pop()
            ends.append((at + 1, "".join(reversed(open_))))
            if not open_:
                return ends, False
    return ends, bool(open_)
