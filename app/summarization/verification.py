"""Keeps of a chat model's answer what has its source in the transcript."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.documents.minutes import Minutes, Point, Topic
from app.summarization.answer import Answer, Said, parse
from app.summarization.json_text import UnusableError
from app.summarization.sources import Sources, plain
from app.summarization.titles import title

_TALKATIVE = 12  # segments; an answer that finds nothing at all in so many is taken as failed


@dataclass(frozen=True, slots=True)
class Verified:
    """What an answer comes to.

    cut: it broke off; lacking: a list is not there; unreadable, repeated: items that are none, or that say
    the same.
    """

    minutes: Minutes
    cut: bool = False
    lacking: bool = False
    unreadable: int = 0
    repeated: int = 0


def verified(answer: str, sources: Sources, chunk: range, language: str | None) -> Verified | None:
    """Return the minutes of a chunk, with the number of dropped points; None if the answer is of no use."""
    try:
        said = parse(answer)
    except UnusableError:
        return None
    minutes = _sourced(said, sources, chunk, language)
    kept = sum(len(t.points) for t in minutes.topics) + len(minutes.decisions) + len(minutes.action_items)
    if not kept and (said.n_items or len(chunk) >= _TALKATIVE):
        return None
    return Verified(minutes, said.cut, said.lacking, said.unreadable, said.repeated)


def topic(heading: str, points: Sequence[Point], sources: Sources) -> Topic:
    """Keep a heading if the transcript has its words; else name the topic by its points."""
    known = plain(heading)[:100].rstrip(".") if sources.entitles(heading, points) else ""
    own = known or title([point.text for point in points], sources.language)
    return Topic(own, points[0].start, tuple(points))


def _sourced(said: Answer, sources: Sources, chunk: range, language: str | None) -> Minutes:
    topics = []
    for heading, points in said.topics:
        kept = tuple(point for one in points if (point := sources.point(one, chunk)) is not None)
        if kept:
            topics.append(topic(heading, sorted(kept, key=lambda point: point.start), sources))
    decisions = [
        point for one in said.decisions if not _asks(one) and (point := sources.point(one, chunk)) is not None
    ]
    items = [item for one in said.action_items if (item := sources.action_item(one, chunk)) is not None]
    n_kept = sum(len(topic.points) for topic in topics) + len(decisions) + len(items)
    return Minutes(language, "", tuple(topics), tuple(decisions), tuple(items), said.n_items - n_kept)


def _asks(said: Said) -> bool:
    """Tell a question, which decides nothing."""
    return said.text.rstrip('"»)”’ ').endswith("?")
