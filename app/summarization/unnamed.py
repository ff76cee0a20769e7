"""Adds what rules find and a chat model did not name: marked in a remark, so that nothing is lost unsaid."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.audio.media import Remark
from app.documents.minutes import ActionItem, Minutes, Point
from app.documents.transcript import Transcript
from app.documents.typography import clock
from app.errors import N_
from app.summarization import extraction
from app.summarization.repetition import Told, key_of
from app.summarization.words import script_language

UNNAMED = N_("Found by rules and not named by the language model: %(n)s (at %(times)s).")

_NEAR = 2  # segments on each side within which the same thing is told in other words


def with_unnamed(minutes: Minutes, transcript: Transcript, written: Sequence[range]) -> Minutes:
    """Add decisions and assignments that extraction finds in these ranges of segments, if they are new."""
    language = script_language((segment.text for segment in transcript.segments), transcript.language)
    found = extraction.extract_minutes(transcript, lambda fraction: None)
    number_at = {segment.start: number for number, segment in enumerate(transcript.segments)}
    named = {number_at[point.start] for point in _all(minutes) if point.start in number_at}
    told = Told()
    for point in _all(minutes):
        told.add(key_of(point.text, language))

    def is_new(point: Point | ActionItem) -> bool:
        number = number_at.get(point.start, -1)
        here = any(number in chunk for chunk in written)
        near = any(abs(number - other) <= _NEAR for other in named)
        return here and not near and not told.repeats(key_of(point.text, language))

    decisions = [point for point in found.decisions if is_new(point)]
    items = [item for item in found.action_items if is_new(item)]
    new = sorted({point.start for point in decisions} | {item.start for item in items})
    if not new:
        return minutes
    times = ", ".join(map(clock, new))
    return replace(
        minutes,
        decisions=tuple(sorted([*minutes.decisions, *decisions], key=lambda point: point.start)),
        action_items=tuple(sorted([*minutes.action_items, *items], key=lambda item: item.start)),
        remarks=(*minutes.remarks, Remark(UNNAMED, {"n": len(decisions) + len(items), "times": times})),
    )


def _all(minutes: Minutes) -> Iterable[Point | ActionItem]:
    yield from minutes.decisions
    yield from minutes.action_items
