"""Segments of the transcript: the words of Whisper's windows, where they are in the recording."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from app.documents.transcript import Segment, Word
from app.engines.whisper.hallucination import shorten
from app.engines.whisper.windows import Window

GAP_S = 2.0  # silence in the recording that no segment goes over


def make_segments(words: Sequence[Word], window: Window, *, doubtful: bool) -> Iterator[Segment]:
    """Lay the words of a line, whose times are within its window, into the recording."""
    placed = [_placed(word, window) for word in words if word.text.strip()]
    return (_segment(phrase, doubtful) for phrase in _phrases(placed))


def _placed(word: Word, window: Window) -> Word:
    place = window.stretch(word.start, word.end)
    return replace(word, start=round(place.start, 2), end=round(place.end, 2))


def _phrases(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Cut a line where the window has joined what is far apart."""
    borders = [i for i in range(1, len(words)) if words[i].start - words[i - 1].end > GAP_S]
    return (words[i:j] for i, j in pairwise([0, *borders, len(words)]) if i < j)


def _segment(words: Sequence[Word], doubtful: bool) -> Segment:
    text = said = "".join(word.text for word in words).strip()
    if doubtful:
        text = shorten(said)
    bare = tuple(replace(word, text=word.text.strip()) for word in words) if text == said else ()
    return Segment(words[0].start, words[-1].end, text, words=bare, doubtful=doubtful)
