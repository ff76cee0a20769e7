"""What of a recording is searched: lines, speakers and points of its minutes, each with its moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.documents.minutes import Minutes, in_full
from app.documents.speakers import is_name
from app.documents.transcript import Transcript

Kind = Literal["name", "speaker", "minutes", "transcript"]
MOST_CHARACTERS = 20_000  # of a line: what is longer nobody said


@dataclass(frozen=True, slots=True)
class Passage:
    """start: seconds, where it is said, or first; None: it has no moment."""

    kind: Kind
    start: float | None
    text: str


def name_passage(name: str, tags: Sequence[str]) -> Passage:
    """Let a recording be found by its name and its tags."""
    return Passage("name", None, " ".join((name, *tags)))


def passages(transcript: Transcript | None, minutes: Minutes | None) -> Iterator[Passage]:
    """Yield all but the name."""
    heard: set[str] = set()
    for segment in transcript.segments if transcript else ():
        name = segment.speaker
        if name and name not in heard and is_name(name):
            heard.add(name)
            yield Passage("speaker", segment.start, name)
        if segment.text.strip():
            yield Passage("transcript", segment.start, segment.text.strip()[:MOST_CHARACTERS])
    for text, start in (
        dict.fromkeys(_points(minutes)) if minutes else ()
    ):  # a summary repeats what stands below
        if text.strip():
            yield Passage("minutes", start, text.strip()[:MOST_CHARACTERS])


def _points(minutes: Minutes) -> Iterator[tuple[str, float]]:
    for point in (*minutes.summary, *minutes.decisions):
        yield in_full(point), point.start
    for item in minutes.action_items:
        yield " · ".join(filter(None, (in_full(item), item.who, item.by_when))), item.start
    for topic in minutes.topics:
        yield topic.title, topic.start
        for point in topic.points:
            yield point.text, point.start
