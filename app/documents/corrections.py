"""Corrections: what people have changed in a transcript, line by line, and what comes of it."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.documents.transcript import Segment, Transcript, Word
from app.documents.word_alignment import align_words

NEAR_S = 0.05  # recognizers' times are not exact, and JSON rounds them
MAX_LINES = 50_000  # of a recording; eight hours of talk have some 10,000, and half a million letters
MAX_CHARS = 3_000_000
MAX_AT_ONCE = 20  # lines over one moment: as many voices as are told apart


@dataclass(frozen=True, slots=True)
class Line:
    """A segment without its words; start, end: s. Its words follow from its text and from what was heard."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    doubtful: bool = False
    overlapped: bool = False


Lines = dict[int, Line]
"""Lines by key. A key stays with its line for ever; those of the original are 0, 1, 2 …"""


def lines_of(transcript: Transcript) -> Lines:
    """Return the lines of a transcript that nobody has corrected."""
    return {key: _line(segment) for key, segment in enumerate(transcript.segments)}


def with_changes(lines: Lines, changes: Mapping[int, Line | None]) -> Lines:
    """Return the lines after a change: each key has a new line, or None where it is deleted."""
    merged = {**lines, **changes}
    return {key: line for key, line in merged.items() if line is not None}


def are_bearable(lines: Lines, duration_s: float) -> bool:
    """Tell whether people can have said all this: what is more would take minutes at every look."""
    spoken_s = sum(line.end - line.start for line in lines.values())
    n_chars = sum(len(line.text) + len(line.speaker or "") for line in lines.values())
    return (
        len(lines) <= MAX_LINES and n_chars <= MAX_CHARS and spoken_s <= MAX_AT_ONCE * max(duration_s, 60.0)
    )


def in_order(lines: Lines) -> list[int]:
    """Return the keys as people read the lines."""
    return sorted(lines, key=lambda key: (lines[key].start, key))


def corrected(transcript: Transcript, lines: Lines) -> Transcript:
    """Return the transcript that the lines make, with times of words; untouched segments stay as they are."""
    original = {_line(segment): segment for segment in transcript.segments}
    heard = sorted((word for segment in transcript.segments for word in segment.words), key=_middle)
    middles = [_middle(word) for word in heard]
    segments = []
    for line in (lines[key] for key in in_order(lines)):
        segment = original.get(line)
        if segment is None:
            first, last = (bisect_left(middles, at) for at in (line.start - NEAR_S, line.end + NEAR_S))
            words = align_words(line.text, heard[first:last], line.start, line.end) if heard else ()
            end = max(line.start, line.end)
            segment = Segment(line.start, end, line.text, line.speaker, words, line.doubtful, line.overlapped)
        segments.append(segment)
    return replace(transcript, segments=tuple(segments))


def _line(segment: Segment) -> Line:
    return Line(
        segment.start, segment.end, segment.text, segment.speaker, segment.doubtful, segment.overlapped
    )


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2
