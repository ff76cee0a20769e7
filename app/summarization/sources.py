"""Finds the segment that a point of a model's answer comes from; a point without one is not believed."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from app.documents.minutes import ActionItem, Point
from app.documents.transcript import Segment
from app.summarization import russian
from app.summarization.answer import Said
from app.summarization.numerals import numbers, stated
from app.summarization.phrases import word_list
from app.summarization.sentences import tidy
from app.summarization.words import content, stem, tokens

_NEAR = 2  # segments on each side of the cited one: a sentence often spans two or three
_CITED_OVERLAP = 0.4  # of the point's stems, where the model names the segment
_TITLE_OVERLAP = 0.5
_FOUND_OVERLAP = 0.6  # where it names none, or a wrong one
_LINK = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)|(?:https?|ftp)\s*:\s*//\S+|\bwww\.\S+|<[^<>]*>",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(?:[^\W\d_]+\d|\d+[^\W\d_]{3,})\w*|\S+@\S+"
)  # as hunter2, a@b.c: must be said letter by letter
_NAME = re.compile(r"(?<![.!?…:]\s)(?<!^)(?<!\w)[A-ZА-ЯЁ][\w-]+")


class Sources:
    """The segments of a transcript, asked whether they say a thing.

    Args:
        segments: of the whole transcript; the numbers a model cites are their indexes.
        language: of the transcript, for stems.
    """

    def __init__(self, segments: Sequence[Segment], language: str) -> None:
        self._segments = segments
        self.language = language
        self._stems = [set() if s.doubtful else self._all_stems(s.text) for s in segments]
        self._where: defaultdict[str, list[int]] = defaultdict(list)
        for number, stems in enumerate(self._stems):
            for one in stems:
                self._where[one].append(number)

    def point(self, said: Said, within: range) -> Point | None:
        """Return a point with the start of its source, or None if nothing says so within these segments."""
        text = plain(said.text)
        number = self.find(text, said.source, within)
        return None if number is None or not text else Point(text, self._segments[number].start)

    def action_item(self, said: Said, within: range) -> ActionItem | None:
        """Return an assignment; a name or a date that its source does not hold is left out."""
        text = plain(said.text)
        number = self.find(text, said.source, within)
        if number is None or not text:
            return None
        near = self._near(number, within)
        who = said.who if said.who and self._named(said.who, near) else None
        when = said.by_when if said.by_when and self._dated(said.by_when, near) else None
        return ActionItem(text, self._segments[number].start, _short(who), _short(when))

    def find(self, text: str, cited: Iterable[int], within: range) -> int | None:
        """Return the number of the segment that says this: the cited one or its neighbour, else any other."""
        stems = {
            one for one in content(text, self.language) if not one[0].isdigit()
        }  # `_supports` compares the numbers
        wanted = stems - self._reporting or stems
        if not wanted:
            return None
        claimed = sorted({number for number in cited if number in within})
        if claimed and self._supports(text, wanted, claimed, within, _CITED_OVERLAP):
            near = sorted({n for number in claimed for n in self._near(number, within)})
            held = {n: len(wanted & self._stems[n]) for n in near}
            most = max(held.values())
            fair = [n for n in claimed if 2 * held.get(n, 0) >= most]  # models are often a line off
            return max(fair or near, key=lambda n: (held[n], -n))
        hits = Counter(n for one in wanted for n in self._where.get(one, ()) if n in within)
        for number, _ in sorted(hits.items(), key=lambda hit: (-hit[1], hit[0]))[:10]:
            if self._supports(text, wanted, [number], within, _FOUND_OVERLAP):
                return number
        return None

    def entitles(self, title: str, points: Sequence[Point]) -> bool:
        """Tell whether a title is made of what is said around the points it stands over."""
        wanted = set(content(title, self.language))
        starts = {point.start for point in points}
        claimed = [number for number, segment in enumerate(self._segments) if segment.start in starts]
        return bool(wanted) and self._supports(
            title, wanted, claimed, range(len(self._segments)), _TITLE_OVERLAP, 1
        )

    def _supports(
        self,
        text: str,
        wanted: set[str],
        claimed: Sequence[int],
        within: range,
        overlap: float,
        least: int = 2,
    ) -> bool:
        near = sorted({n for number in claimed for n in self._near(number, within)})
        stems = set().union(*(self._stems[n] for n in near))
        shared = len(wanted & stems)
        if shared < overlap * len(wanted) or shared < min(least, len(wanted)):
            return False
        said = " ".join(self._segments[n].text for n in near)
        if not all(code.lower() in said.lower() for code in _CODE.findall(text)):
            return False
        numbers_near = numbers(said, self.language)
        agree = all(numbers_near & readings for readings in stated(text, self.language))
        return agree and all(self._named(name, near) for name in self._names(text))

    def _near(self, number: int, within: range) -> list[int]:
        return [
            n
            for n in range(number - _NEAR, min(len(self._segments), number + _NEAR + 1))
            if n in within and not self._segments[n].doubtful
        ]

    def _names(self, text: str) -> list[str]:
        """Return the words of a point that are names: they must have been said."""
        found = _NAME.findall(text)
        if self.language == "ru":
            first = text.split(" ", 1)[0].strip(",.:;")
            if first and russian.person(first):
                found.append(first)
        return found

    def _named(self, name: str, near: Sequence[int]) -> bool:
        """Tell whether every word of a name is said, or belongs to who speaks, in these segments."""
        said = set().union(*(self._stems[n] for n in near))
        for n in near:
            said |= self._all_stems(self._segments[n].speaker or "")
        return all(self._same(word, said) for word in tokens(name) if len(word) > 1)

    def _same(self, word: str, said: set[str]) -> bool:
        one = stem(word, self.language)
        if one in said:
            return True
        return self.language == "ru" and stem(russian.nominative(word).lower(), "ru") in said

    def _dated(self, when: str, near: Sequence[int]) -> bool:
        text = " ".join(self._segments[n].text for n in near)
        spoken = numbers(text, self.language)
        if not all(spoken & readings for readings in stated(when, self.language)):
            return False
        said = set().union(*(self._stems[n] for n in near))
        words = [word for word in tokens(when) if word.isalpha() and len(word) > 3]
        return all(stem(word, self.language) in said for word in words)

    def _all_stems(self, text: str) -> set[str]:
        """Return the stems of all words, of Russian ones also that of the nominative."""
        words = tokens(text)
        stems = {stem(word, self.language) for word in words}
        if self.language == "ru":
            stems |= {stem(russian.nominative(word), "ru") for word in words if len(word) > 3}
        return stems

    @cached_property
    def _reporting(self) -> frozenset[str]:
        """Words by which minutes report, and which nobody says in the meeting."""
        return frozenset(stem(word, self.language) for word in word_list(f"reporting.{self.language}"))


def plain(text: str) -> str:
    """Return text without links, images or markup, tidied and capped."""
    text = _LINK.sub(lambda match: match[1] or "", text)
    return tidy(re.sub(r"[*_`#>|]+", "", text))


def _short(words: str | None) -> str | None:
    return _LINK.sub("", words)[:80].strip() or None if words else None
