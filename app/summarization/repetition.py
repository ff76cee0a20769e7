"""Finds points that repeat what the minutes say already, by the stems that they share."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TypeVar

from app.documents.minutes import ActionItem, Point
from app.summarization.words import content, tokens

Said = TypeVar("Said", Point, ActionItem)


def key_of(text: str, language: str) -> frozenset[str]:
    """Return what two sentences are compared by: the stems of their content words."""
    return frozenset(content(text, language)) or frozenset(tokens(text))


class Told:
    """What the minutes say already, asked whether a sentence says it again."""

    def __init__(self) -> None:
        self._keys: list[frozenset[str]] = []
        self._where: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, key: frozenset[str]) -> None:
        for stem in key:
            self._where[stem].append(len(self._keys))
        self._keys.append(key)

    def repeats(self, key: frozenset[str]) -> bool:
        """Tell whether four fifths of the shorter of two sentences stand in the other."""
        shared = Counter(number for stem in key for number in self._where.get(stem, ()))
        return any(n >= 0.8 * min(len(key), len(self._keys[number])) for number, n in shared.items())


def distinct(points: Sequence[Said], language: str) -> list[Said]:
    """Keep the first of those that say the same; of assignments only what is also for the same person."""
    told: defaultdict[str | None, Told] = defaultdict(Told)
    result = []
    for point in points:
        key = key_of(f"{point.text} {point.context}", language)
        own = told[point.who if isinstance(point, ActionItem) else None]
        if point.text and not own.repeats(key):
            own.add(key)
            result.append(point)
    return result
