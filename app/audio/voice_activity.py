"""Probabilities of speech become spans of it: what recordings and live streams share of voice detection."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from app.audio.waveform import SPEECH_RATE_HZ, Samples, Span

WINDOW = 512  # samples that get one probability
WINDOW_S = WINDOW / SPEECH_RATE_HZ

# Silero VAD's own defaults, but for the padding: recognizers lose clipped first and last sounds.
ENTER, LEAVE = 0.5, 0.35  # probabilities at which speech begins and ends
MIN_SPEECH_S = 0.25
PAD_S = 0.25
MAX_SPAN_S = 28.0  # longer ones are cut where speech is least likely; Whisper's window is 30 s


def follow_spans(pieces: Iterable[Samples], duration_s: float) -> Iterator[Span]:
    """Turn the windows' probabilities into padded spans; drop what is too short to be a word.

    A span is yielded as soon as no later probability can change it.
    """
    seen: list[float] = []
    begin: int | None = None  # the window in which speech began that has not ended
    last: Span | None = None  # what is spoken next may still belong to it
    probabilities = chain.from_iterable(piece.tolist() for piece in pieces)
    for index, probability in enumerate(chain(probabilities, (0.0,))):
        seen.append(probability)
        now = index * WINDOW_S
        if begin is None:
            if probability >= ENTER:
                begin = index
            elif last and now - PAD_S > last.end:
                yield from _cut(last, seen)
                last = None
            continue
        start = max(0.0, begin * WINDOW_S - PAD_S)
        if now - begin * WINDOW_S >= MIN_SPEECH_S:
            if last and start > last.end:
                yield from _cut(last, seen)
                last = None
            if last:
                start = last.start
            if now - start > MAX_SPAN_S:
                middle = _least_sure(start, seen)
                yield Span(start, middle)
                last = Span(middle, now)
            if probability < LEAVE:
                last = Span(last.start if last else start, min(duration_s, now + PAD_S))
        if probability < LEAVE:
            begin = None
    if last:
        yield from _cut(last, seen)


def _cut(span: Span, probabilities: Sequence[float]) -> Iterator[Span]:
    """Cut a long span into parts of 14 to 28 s, where it sounds least like speech."""
    start = span.start
    while span.end - start > MAX_SPAN_S:
        middle = _least_sure(start, probabilities)
        yield Span(start, middle)
        start = middle
    yield Span(start, span.end)


def _least_sure(start_s: float, probabilities: Sequence[float]) -> float:
    first, last = (round((start_s + s) / WINDOW_S) for s in (MAX_SPAN_S / 2, MAX_SPAN_S))
    return (min(range(first, last), key=probabilities.__getitem__) + 0.5) * WINDOW_S
