"""Makes what engines, servers and files say well formed, once, where it enters; all else may rely on it.

Then every text can be encoded and is one line, every number is finite, times are in order and within the
recording, and nothing is endless. A record that is so already comes back as it is.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from app.audio.media import Remark
from app.documents.corrections import Line
from app.documents.diarization import Diarization, SaidName, Turn
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.sanitize import one_line, xml_safe
from app.documents.transcript import Segment, Transcript, Word

MAX_TEXT_CHARS = 20_000  # of one line or point: half an hour of talk without a pause
MAX_NAME_CHARS = 200  # of a speaker, an engine
MAX_S = 366 * 86_400.0  # no recording is longer
MAX_COUNT = 1_000_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
R = TypeVar(
    "R", Word, Line, Segment, Transcript, Turn, SaidName, Diarization, Point, Topic, ActionItem, Minutes
)


def well_formed_text(text: str, most_chars: int = MAX_TEXT_CHARS) -> str:
    """Make `text` one line that every writer can encode; what is endless ends with an ellipsis."""
    line = one_line(text)
    return line if len(line) <= most_chars else f"{line[: most_chars - 1].rstrip()}…"


def well_formed_words(words: Iterable[Word], start: float, end: float) -> tuple[Word, ...]:
    """Put the times of words in order within `start`..`end` s; a word without time is where it stands."""
    found, at = [], start
    for word in words:
        begun = _within(word.start, at, end, missing=at)
        until = _within(word.end, begun, end, missing=begun)
        chance = word.probability
        if chance is not None and not 0.0 <= chance <= 1.0:
            chance = None if math.isnan(chance) else min(max(chance, 0.0), 1.0)
        found.append(_with(word, start=begun, end=until, text=one_line(word.text), probability=chance))
        at = begun
    return tuple(found)


def well_formed_segments(segments: Iterable[Segment], duration_s: float) -> tuple[Segment, ...]:
    """Put segments in order within a recording of `duration_s`; one without time follows that before it."""
    found, at = [], 0.0
    for segment in segments:
        start = _within(segment.start, 0.0, duration_s, missing=at)
        end = _within(segment.end, 0.0, duration_s, missing=start)
        start, end = min(start, end), max(start, end)
        speaker = well_formed_text(segment.speaker or "", MAX_NAME_CHARS) or None
        words = well_formed_words(segment.words, start, end)
        text = well_formed_text(segment.text)
        found.append(_with(segment, start=start, end=end, text=text, speaker=speaker, words=words))
        at = end
    return tuple(sorted(found, key=lambda segment: segment.start))


def well_formed_line(line: Line) -> Line:
    """Make a line that a person has changed well formed; its blanks stay as they are typed."""
    start, end = (time if math.isfinite(time) else 0.0 for time in (line.start, line.end))
    speaker = one_line(line.speaker or "") or None
    return _with(line, start=start, end=end, text=xml_safe(line.text), speaker=speaker)


def well_formed_transcript(transcript: Transcript) -> Transcript:
    """Make a transcript well formed; where it does not say how long the recording is, its last time does."""
    times = (time for one in transcript.segments for time in (one.start, one.end))
    last = max((time for time in times if math.isfinite(time)), default=0.0)
    known = transcript.duration_s if math.isfinite(transcript.duration_s) else 0.0
    duration_s = min(known if known > 0 else max(last, 0.0), MAX_S)
    return _with(
        transcript,
        segments=well_formed_segments(transcript.segments, duration_s),
        language=well_formed_language(transcript.language),
        engine=well_formed_text(transcript.engine, MAX_NAME_CHARS),
        duration_s=duration_s,
    )


def well_formed_language(code: str | None) -> str | None:
    """Return the code of a language as it is; None for what can be none."""
    return code if code and _LANGUAGE.fullmatch(code) else None


def well_formed_diarization(found: Diarization) -> Diarization:
    """Put turns in order; one without a time says nothing."""
    turns = [
        _with(turn, start=start, end=end, speaker=well_formed_text(turn.speaker, MAX_NAME_CHARS))
        for turn in found.turns
        if math.isfinite(turn.start) and math.isfinite(turn.end)
        for start, end in [sorted(_within(time, 0.0, MAX_S, missing=0.0) for time in (turn.start, turn.end))]
    ]
    turns.sort(key=lambda turn: turn.start)
    names = tuple(
        _with(
            one,
            speaker=well_formed_text(one.speaker, MAX_NAME_CHARS),
            name=well_formed_text(one.name, MAX_NAME_CHARS),
            start=_within(one.start, 0.0, MAX_S, missing=0.0),
            text=well_formed_text(one.text),
        )
        for one in found.said_names
    )
    engine = well_formed_text(found.engine, MAX_NAME_CHARS)
    known = {
        well_formed_text(speaker, MAX_NAME_CHARS): well_formed_text(name, MAX_NAME_CHARS)
        for speaker, name in found.recognized.items()
    }
    return _with(found, turns=tuple(turns), engine=engine, said_names=names, recognized=known)


def well_formed_minutes(minutes: Minutes, duration_s: float = MAX_S) -> Minutes:
    """Make minutes well formed, of a recording of `duration_s`."""

    def point(one: Point) -> Point:
        context = well_formed_text(one.context)
        return _with(one, text=well_formed_text(one.text), start=at(one.start), context=context)

    def item(one: ActionItem) -> ActionItem:
        who, by_when = (well_formed_text(named or "") or None for named in (one.who, one.by_when))
        text, context = well_formed_text(one.text), well_formed_text(one.context)
        return _with(one, text=text, start=at(one.start), who=who, by_when=by_when, context=context)

    def at(start: float) -> float:
        return _within(start, 0.0, duration_s, missing=0.0)

    topics = tuple(
        _with(
            topic,
            title=well_formed_text(topic.title),
            start=at(topic.start),
            points=tuple(map(point, topic.points)),
        )
        for topic in minutes.topics
    )
    return _with(
        minutes,
        language=well_formed_language(minutes.language),
        engine=well_formed_text(minutes.engine, MAX_NAME_CHARS),
        topics=topics,
        decisions=tuple(map(point, minutes.decisions)),
        action_items=tuple(map(item, minutes.action_items)),
        dropped=min(max(minutes.dropped, 0), MAX_COUNT),
        remarks=well_formed_remarks(minutes.remarks),
        summary=tuple(map(point, minutes.summary)),
        written_in=well_formed_language(minutes.written_in),
    )


def well_formed_remarks(remarks: tuple[Remark, ...]) -> tuple[Remark, ...]:
    """Leave out remarks whose values do not fit their template: they would break every page."""
    return tuple(remark for remark in remarks if _can_be_said(remark))


def _can_be_said(remark: Remark) -> bool:
    try:
        said = remark.message % remark.params  # as templates say it, which do so without values too
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return False
    if not all(math.isfinite(value) for value in remark.params.values() if isinstance(value, float)):
        return False  # it can be said, but not written as JSON
    # gettext translates nothing at all into the head of its catalogue
    return bool(remark.message.strip()) and said == one_line(said) and len(said) <= MAX_TEXT_CHARS


def _within(time: float, low: float, high: float, *, missing: float) -> float:
    """Return a time within bounds; 0 is never written as -0."""
    return min(max(time, low), high) + 0.0 if math.isfinite(time) else missing


def _with(record: R, **fields: object) -> R:
    """Change what differs; a record that is well formed stays the same object."""
    changed = {name: value for name, value in fields.items() if getattr(record, name) != value}
    return replace(record, **changed) if changed else record  # type: ignore[arg-type]
