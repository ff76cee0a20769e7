"""The business form of minutes: agenda, who was heard, who spoke, what was resolved, who is to do what.

What no recording can know (number, place, chair, secretary) a person says, or it is a blank. The order of
the parts is that of Russian office practice (GOST R 7.0.97-2016) and of English minutes with resolutions.
"""

from dataclasses import dataclass

from app.documents.document import Document, facts
from app.documents.due_dates import dated
from app.documents.labels import labels
from app.documents.minutes import ActionItem, Point
from app.documents.sanitize import one_line
from app.documents.typography import format_date

BLANK = "_" * 24
_HAND = "_" * 12  # of a number or a date


@dataclass(frozen=True, slots=True)
class Said:
    """What one person said of an item, in a row."""

    speaker: str | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the agenda. heard: who reported; spoke: who else; resolved: what was decided."""

    title: str
    start: float
    heard: tuple[Said, ...]
    spoke: tuple[Said, ...]
    resolved: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Protocol:
    """A protocol, before it gets a format. fields: (label, value or BLANK); signed: (label, BLANK, name)."""

    fields: tuple[tuple[str, str], ...]
    summary: tuple[Point, ...]
    items: tuple[Item, ...]
    action_items: tuple[ActionItem, ...]
    signed: tuple[tuple[str, str], ...]
    recording: tuple[str, ...]


def protocol(document: Document, locale: str) -> Protocol:
    """Arrange the minutes of a document as a protocol."""
    words = labels(locale)
    minutes = dated(document, locale)
    given = document.protocol_fields
    day = given.day or document.recorded_at
    names = dict.fromkeys(
        name for one in document.transcript.segments if (name := one_line(one.speaker or ""))
    )
    fields = (
        (words["protocol.number"], given.number or _HAND),
        (words["protocol.date"], format_date(day, locale) if day else _HAND),
        (words["protocol.place"], given.place or BLANK),
        (words["protocol.chair"], given.chair or BLANK),
        (words["protocol.secretary"], given.secretary or BLANK),
        (words["protocol.present"], given.present or ", ".join(names) or BLANK),
    )
    return Protocol(
        fields,
        minutes.summary if minutes else (),
        _items(document),
        minutes.action_items if minutes else (),
        (
            (words["protocol.chair"], f"{BLANK} {given.chair}".rstrip()),
            (words["protocol.secretary"], f"{BLANK} {given.secretary}".rstrip()),
        ),
        tuple(f"{label}: {value}" for label, value in facts(document, locale)),
    )


def _items(document: Document) -> tuple[Item, ...]:
    """Make an item of each topic, with the decisions that were made while it was talked about."""
    minutes = document.minutes
    if minutes is None:
        return ()
    speakers = {one.start: one_line(one.speaker or "") or None for one in document.transcript.segments}
    starts = [topic.start for topic in minutes.topics] or [0.0]
    resolved: list[list[Point]] = [[] for _ in starts]
    for point in minutes.decisions:
        number = max((n for n, start in enumerate(starts) if start <= point.start), default=0)
        resolved[number].append(point)
    if not minutes.topics:
        return (Item("", 0.0, (), (), tuple(resolved[0])),) if minutes.decisions else ()
    items = []
    for topic, decided in zip(minutes.topics, resolved, strict=True):
        told = _by_speaker(topic.points, speakers)
        heard = tuple(one for one in told if one.speaker == told[0].speaker)
        spoke = tuple(one for one in told if one.speaker != told[0].speaker)
        items.append(Item(topic.title, topic.start, heard, spoke, tuple(decided)))
    return tuple(items)


def _by_speaker(points: tuple[Point, ...], speakers: dict[float, str | None]) -> list[Said]:
    told: list[Said] = []
    for point in points:
        speaker = speakers.get(point.start)
        if told and told[-1].speaker == speaker:
            told[-1] = Said(speaker, (*told[-1].points, point))
        else:
            told.append(Said(speaker, (point,)))
    return told
