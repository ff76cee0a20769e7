"""Whisper's windows: speech put together without the silence between, and the way back to the recording."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from app.audio.chunks import split
from app.audio.waveform import Samples, Sound, Span
from app.engines.whisper.model import Features

Chances = dict[str, float]
"""How likely languages are, by their ISO 639-1 codes."""

MAX_S = 28.0  # Whisper hears 30 s; full windows make it guess at a cut-off end
# Of the silence between two stretches of speech, so much is heard too: where sentences meet without a pause,
# Whisper leaves words out and takes neighbours for one sentence.
PAUSE_S = 1.2


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches of speech with the pauses between them, a longer pause cut down in its middle.

    Its own time runs without what is cut out.
    """

    spans: tuple[Span, ...]

    @property
    def pieces(self) -> tuple[Span, ...]:
        """Return what is heard of the recording."""
        first, *others = self.spans
        pieces, last = [first], first
        for span in others:
            if span.start - last.end <= PAUSE_S:
                pieces[-1] = Span(pieces[-1].start, span.end)
            else:
                pieces[-1] = Span(pieces[-1].start, last.end + PAUSE_S / 2)
                pieces.append(Span(span.start - PAUSE_S / 2, span.end))
            last = span
        return tuple(pieces)

    @property
    def duration_s(self) -> float:
        return sum(piece.duration_s for piece in self.pieces)

    @property
    def speech_s(self) -> float:
        """Return how long somebody speaks in it."""
        return sum(span.duration_s for span in self.spans)

    @property
    def end_s(self) -> float:
        """Return where it ends in the recording."""
        return self.spans[-1].end

    def samples(self, speech: Sound) -> Samples:
        """Return its sound: (n,) float32."""
        return np.concatenate([speech.cut(piece.start, piece.end).mono() for piece in self.pieces])

    def inside(self, span: Span) -> Span:
        """Return when one of its stretches of speech is heard, in its own time."""
        passed = 0.0
        for piece in self.pieces:
            if span.end <= piece.end:
                break
            passed += piece.duration_s
        return Span(passed + span.start - piece.start, passed + span.end - piece.start)

    def stretch(self, start_s: float, end_s: float) -> Span:
        """Return where in the recording a word is that lies from `start_s` to `end_s` in the window.

        It ends with the stretch of speech that it is in for the most part, so that no word lasts over a
        silence; one that is in a pause altogether stays there.
        """
        places = [self.inside(span) for span in self.spans]
        shared = [min(end_s, place.end) - max(start_s, place.start) for place in places]
        most = max(range(len(shared)), key=shared.__getitem__)
        span, shift_s = self.spans[most], self.spans[most].start - places[most].start
        if shared[most] <= 0:
            return Span(start_s + shift_s, end_s + shift_s)
        return Span(max(span.start, start_s + shift_s), min(span.end, end_s + shift_s))

    def rest(self, start_s: float) -> "Window":
        """Return the window of what comes after `start_s`."""
        spans = []
        for span in self.spans:
            inside = self.inside(span)
            if inside.end > start_s:
                spans.append(Span(span.start + max(0.0, start_s - inside.start), span.end))
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


def make_windows(spans: Iterable[Span], max_s: float = MAX_S) -> Iterator[Window]:
    """Fill windows with spans in order."""
    filled: tuple[Span, ...] = ()
    for part in itertools.chain.from_iterable(split(span, max_s) for span in spans):
        if filled and Window((*filled, part)).duration_s > max_s:
            yield Window(filled)
            filled = ()
        filled = (*filled, part)
    if filled:
        yield Window(filled)
