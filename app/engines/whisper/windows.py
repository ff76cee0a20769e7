"""Whisper's windows: speech put together without the silence between, and the way back to the recording."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from app.audio.chunks import split
from app.audio.waveform import Samples, Sound, Span
from app.engines.whisper.model import Features

Chances = dict[str, float]
"""How likely languages are, by their ISO 639-1 codes."""

MAX_S = 28.0  # Whisper hears 30 s; full windows make it guess at a cut-off end
SHORT_S = (
    10.0  # a window that keeps more urgent work waiting for a third of the time, and costs a quarter more
)


@dataclass(frozen=True, slots=True)
class Window:
    """Spans of speech, end to end. Its own time runs without the gaps between them."""

    spans: tuple[Span, ...]

    @property
    def duration_s(self) -> float:
        return sum(span.duration_s for span in self.spans)

    @property
    def end_s(self) -> float:
        """Return where it ends in the recording."""
        return self.spans[-1].end

    def samples(self, speech: Sound) -> Samples:
        """Return what is spoken: (n,) float32."""
        return np.concatenate([speech.cut(span.start, span.end).mono() for span in self.spans])

    @property
    def places(self) -> tuple[Span, ...]:
        """Return when each of its spans is heard, in its own time."""
        ends = itertools.accumulate((span.duration_s for span in self.spans), initial=0.0)
        return tuple(Span(start, end) for start, end in itertools.pairwise(ends))

    def stretch(self, start_s: float, end_s: float) -> Span:
        """Return where in the recording a word is that lies from `start_s` to `end_s` in the window.

        It is laid into the span that it is in for the most part, so that no word lasts over a silence.
        """
        places = self.places
        shared = [min(end_s, place.end) - max(start_s, place.start) for place in places]
        most = max(range(len(shared)), key=shared.__getitem__)
        span, shift_s = self.spans[most], self.spans[most].start - places[most].start
        start, end = (min(max(span.start, t + shift_s), span.end) for t in (start_s, end_s))
        return Span(start, end)

    def between(self, start_s: float, end_s: float) -> "Window":
        """Return the window of what is said from `start_s` to `end_s`, in its own time."""
        spans = []
        for span, place in zip(self.spans, self.places, strict=True):
            start, end = max(place.start, start_s), min(place.end, end_s)
            if start < end:
                spans.append(Span(span.start + start - place.start, span.start + end - place.start))
        return Window(tuple(spans))


@dataclass(frozen=True, slots=True)
class EncodedWindow:
    """A window on its way.

    chances: what it may be in; languages: what each of its spans may be in. Empty where nobody asked.
    """

    window: Window
    features: Features
    chances: Chances = field(default_factory=dict)
    languages: tuple[Chances, ...] = ()


def make_windows(spans: Iterable[Span], longest_s: Callable[[], float] = lambda: MAX_S) -> Iterator[Window]:
    """Fill windows with spans in order.

    longest_s: asked each time how long a window of several spans may be; a span alone may last MAX_S.
    """
    filled: tuple[Span, ...] = ()
    for part in itertools.chain.from_iterable(split(span, MAX_S) for span in spans):
        if filled and Window((*filled, part)).duration_s > longest_s():
            yield Window(filled)
            filled = ()
        filled = (*filled, part)
    if filled:
        yield Window(filled)
