"""Scores minutes against what a person would write; the README of the meetings says by which rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import TypeVar

from app.documents.minutes import ActionItem, Minutes, Point, in_full
from app.summarization import russian
from app.summarization.words import content, stem, tokens
from benchmarks.same_words import Words, dictionary_forms, share_held, words
from tests.meetings import Expected, Meeting

Item = TypeVar("Item", Point, ActionItem)

SAME = 0.5  # of the words of what was expected, held by what was found
NEAR = 1  # segments between a time and its source


@dataclass(slots=True)
class Count:
    """How many were found, expected, and both (right); of the right ones, how many are right in a thing.

    placed: what was found where something of its kind is expected, in whatever words; exact: what would be
    right if only dictionary forms counted, as until 2026-11-30. No promise rests on these two.
    """

    found: int = 0
    expected: int = 0
    right: int = 0
    placed: int = 0
    exact: int = 0
    who: int = 0
    when: int = 0
    time: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        both = self.found + self.expected
        return 2 * self.right / both if both else 1.0

    @property
    def placed_f1(self) -> float:
        both = self.found + self.expected
        return 2 * self.placed / both if both else 1.0

    @property
    def exact_f1(self) -> float:
        both = self.found + self.expected
        return 2 * self.exact / both if both else 1.0

    def share(self, what: str) -> float:
        """Return the share of the right ones in which `what` (who, when, time) is right too."""
        return float(getattr(self, what)) / self.right if self.right else 1.0

    def add(self, other: "Count") -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(slots=True)
class Score:
    """Decisions and assignments of one meeting or several."""

    decisions: Count = field(default_factory=Count)
    assignments: Count = field(default_factory=Count)

    def add(self, other: "Score") -> None:
        self.decisions.add(other.decisions)
        self.assignments.add(other.assignments)


def score(meeting: Meeting, minutes: Minutes) -> Score:
    """Compare the decisions and assignments of minutes with those that were expected."""
    return Score(
        count(meeting, minutes.decisions, meeting.decisions),
        count(meeting, minutes.action_items, meeting.actions),
    )


def count(
    meeting: Meeting, found: Sequence[Point] | Sequence[ActionItem], expected: Sequence[Expected]
) -> Count:
    """Pair what was found with what was expected, and say how much of it is right."""
    counted = Count(
        len(found),
        len(expected),
        placed=_n_placed(meeting, found, expected),
        exact=len(pairs(meeting, found, expected, dictionary_forms)),
    )
    for one, wanted in pairs(meeting, found, expected):
        counted.right += 1
        counted.time += _in_time(meeting, one.start, wanted)
        if isinstance(one, ActionItem):
            counted.who += _same_name(one.who, wanted.who, meeting.language)
            counted.when += _same_words(one.by_when, wanted.by_when, meeting.language)
    return counted


def _n_placed(
    meeting: Meeting, found: Sequence[Point] | Sequence[ActionItem], expected: Sequence[Expected]
) -> int:
    """Count the expected that something found stands at, or next to; each found one counts once."""
    open_ = list(found)
    for wanted in expected:
        at = next((one for one in open_ if _in_time(meeting, one.start, wanted)), None)
        if at is not None:
            open_.remove(at)
    return len(found) - len(open_)


def pairs(
    meeting: Meeting,
    found: Sequence[Item],
    expected: Sequence[Expected],
    read: Callable[[str, str], Words] = words,
) -> list[tuple[Item, Expected]]:
    """Pair the most alike first, one to one; of those as much alike, those in their place.

    read: returns the words of a text in a language.
    """
    said = [read(in_full(one), meeting.language) for one in found]
    likeness = []
    for j, wanted in enumerate(expected):
        own = read(wanted.text, meeting.language)
        for i, one in enumerate(found):
            alike = share_held(own, said[i])
            if alike >= SAME:
                likeness.append((-alike, not _in_time(meeting, one.start, wanted), i, j))
    result, used_i, used_j = [], set[int](), set[int]()
    for _, _, i, j in sorted(likeness):
        if i not in used_i and j not in used_j:
            result.append((found[i], expected[j]))
            used_i.add(i)
            used_j.add(j)
    return result


def _segment(meeting: Meeting, start: float) -> int:
    return next(i for i, segment in enumerate(meeting.transcript.segments) if segment.start == start)


def _in_time(meeting: Meeting, start: float, wanted: Expected) -> bool:
    number = _segment(meeting, start)
    return any(abs(number - source) <= NEAR for source in wanted.segments)


def _same_name(found: str | None, wanted: str | None, language: str) -> bool:
    if found is None or wanted is None:
        return found is wanted
    return bool(_names(found, language) & _names(wanted, language))


def _names(text: str, language: str) -> set[str]:
    words = [word for word in tokens(text) if word not in ("the", "mr", "mrs", "ms")]
    if language == "ru":
        words = [russian.nominative(word).lower() for word in words]
    return {stem(word, language) for word in words}


def _same_words(found: str | None, wanted: str | None, language: str) -> bool:
    if found is None or wanted is None:
        return found is wanted
    one, other = (set(content(text, language)) for text in (found, wanted))
    if not one or not other:  # «завтра» and "today" are among the words without content
        one, other = set(tokens(found)), set(tokens(wanted))
    return one <= other or other <= one
