"""Minutes: what a meeting came to. Every point has the time of the transcript segment it comes from."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from app.audio.media import Remark


@dataclass(frozen=True, slots=True)
class Point:
    """One statement; `start`: seconds, the start of the segment it comes from.

    context: what was said around it and tells what it is about, where the statement does not.
    """

    text: str
    start: float
    context: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of the meeting that is about one thing."""

    title: str
    start: float
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class ActionItem:
    """An assignment: what, and where it was said who and by when, in the words of the speaker.

    done: somebody has ticked it off; context: as a point has it.
    """

    text: str
    start: float
    who: str | None = None
    by_when: str | None = None
    done: bool = False
    context: str = ""


def in_full(one: Point | ActionItem) -> str:
    """Return a statement with its context in brackets, for where there is one line."""
    return f"{one.text} ({one.context})" if one.context else one.text


SECTIONS = {
    "summary": "summary",
    "decisions": "decisions",
    "assignments": "action_items",
    "topics": "topics",
}
"""What minutes consist of, as people and programs name it, and where it stands in `Minutes`."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """What a meeting came to.

    language: ISO 639-1 code of its words, the transcript's own unless they are translated; engine: what
    wrote it, for people ("Llama model_32_16", "extractive"); dropped: points of a model's answer whose source
    was not found; remarks: what else a reader should know of how they were written; summary: what stands
    before all else;
    written_in: the language that was asked for, of headings and dates at least; None: the transcript's own.
    """

    language: str | None
    engine: str
    topics: tuple[Topic, ...] = ()
    decisions: tuple[Point, ...] = ()
    action_items: tuple[ActionItem, ...] = ()
    dropped: int = 0
    remarks: tuple[Remark, ...] = ()
    summary: tuple[Point, ...] = ()
    written_in: str | None = None

    @property
    def topics_repeat(self) -> bool:
        """Tell whether its topics say nothing that does not stand before them, as of very short talks."""
        before = {point.text for point in (*self.summary, *self.decisions)}
        before |= {item.text for item in self.action_items}
        return all(point.text in before for topic in self.topics for point in topic.points)


def only(minutes: Minutes, sections: Collection[str]) -> Minutes:
    """Keep some of SECTIONS."""
    left_out: dict[str, Any] = {field: () for name, field in SECTIONS.items() if name not in sections}
    return replace(minutes, **left_out)


def with_sections(minutes: Minutes, sections: Collection[str], other: Minutes) -> Minutes:
    """Take some of SECTIONS from other minutes, and who wrote them."""
    taken = {SECTIONS[name]: getattr(other, SECTIONS[name]) for name in sections}
    return replace(minutes, engine=other.engine, remarks=other.remarks, **taken)
