"""An excerpt of a recording: chosen stretches, and the transcript of these alone at times of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.audio.waveform import Span
from app.documents.minutes import Minutes
from app.documents.transcript import Segment, Transcript, Word

JOINED_S = 1.0  # a shorter pause between two chosen lines is kept, as people speak
EDGE_S = 0.15  # before the first word and after the last one


def spans_of(segments: Iterable[Segment], duration_s: float) -> tuple[Span, ...]:
    """Return the stretches in which segments are said, apart from each other and in their order."""
    found: list[Span] = []
    for segment in sorted(segments, key=lambda one: one.start):
        start, end = max(0.0, segment.start - EDGE_S), min(duration_s, segment.end + EDGE_S)
        if found and start - found[-1].end < JOINED_S:
            found[-1] = Span(found[-1].start, max(found[-1].end, end))
        elif end > start:
            found.append(Span(start, end))
    return tuple(found)


def length_s(spans: Iterable[Span]) -> float:
    """Return how long they are together."""
    return sum(span.duration_s for span in spans)


def highlights(transcript: Transcript, minutes: Minutes, most_s: float) -> tuple[Span, ...]:
    """Return where decisions, assignments, key points are said: what fits into `most_s`, in this order."""
    starts = [decision.start for decision in minutes.decisions]
    starts += [item.start for item in minutes.action_items]
    starts += [point.start for point in minutes.summary]
    starts += [point.start for topic in minutes.topics for point in topic.points]
    chosen: list[Segment] = []
    for start in dict.fromkeys(starts):
        said = _said_at(transcript, start)
        if said is not None and length_s(spans_of([*chosen, said], transcript.duration_s)) <= most_s:
            chosen.append(said)
    return spans_of(chosen, transcript.duration_s)


def excerpt(transcript: Transcript, spans: Iterable[Span]) -> Transcript:
    """Return what is said within the spans, at the times of a recording that has nothing but them."""
    segments: list[Segment] = []
    begun_s = 0.0
    for span in spans:
        said = (_within(segment, span) for segment in transcript.segments)
        segments += [_moved(segment, span, begun_s) for segment in said if segment]
        begun_s += span.duration_s
    return replace(transcript, segments=tuple(segments), duration_s=begun_s)


def _within(segment: Segment, span: Span) -> Segment | None:
    """Return what of a line is said within a span: its words there, or all of it where they are not known."""
    if span.start <= segment.start and segment.end <= span.end:
        return segment
    places = _places(segment)
    if not places:
        return segment if span.start <= (segment.start + segment.end) / 2 < span.end else None
    there = [
        n for n, word in enumerate(segment.words) if span.start <= (word.start + word.end) / 2 < span.end
    ]
    if not there:
        return None
    first, after = there[0], there[-1] + 1
    text = segment.text[places[first] if first else 0 : places[after] if after < len(places) else None]
    return replace(segment, text=text.strip(), words=segment.words[first:after])


def _places(segment: Segment) -> list[int]:
    """Return where in the line's text its words begin; nothing where they are not those of the text."""
    found, at = list[int](), 0
    for word in segment.words:
        text = word.text.strip()
        place = segment.text.find(text, at)
        if not text or place < 0:
            return []
        found.append(place)
        at = place + len(text)
    return found


def _said_at(transcript: Transcript, start: float) -> Segment | None:
    """Return the segment in which a point of the minutes has its source; people may have moved its edges."""
    return next((one for one in transcript.segments if one.start <= start + EDGE_S and start < one.end), None)


def _moved(segment: Segment, span: Span, begun_s: float) -> Segment:
    def at(moment: float) -> float:
        return begun_s + min(max(moment, span.start), span.end) - span.start

    words: Iterator[Word] = (replace(word, start=at(word.start), end=at(word.end)) for word in segment.words)
    return replace(segment, start=at(segment.start), end=at(segment.end), words=tuple(words))
