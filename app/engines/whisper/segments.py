"""Segments of the transcript: the words of Whisper's windows, where they are in the recording."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.documents.transcript import Segment, Word
from app.engines.whisper.hallucination import shorten
from app.engines.whisper.windows import Window

GAP_S = 2.0  # silence in the recording that no segment goes over
# A sentence ends a segment where people pause, or where the segment is long already: Whisper may write half
# a minute of quick talk as one line.
PAUSE_S, LONG_S = 0.4, 6.0
_SENTENCE_END = re.compile(r"[.!?…。？！]+[\"'»”)]*$")
_SHORTENED = re.compile(r"(^|\W)(\w|[A-ZА-ЯЁ][a-zа-яё]{1,2})\.$")  # “Mr.”, “J.”, “г.”: the sentence goes on


def make_segments(words: Sequence[Word], window: Window, *, doubtful: bool) -> Iterator[Segment]:
    """Lay the words of a line, whose times are within its window, into the recording."""
    placed = [_placed(word, window) for word in words if word.text.strip()]
    return (_segment(phrase, doubtful) for phrase in _phrases(placed))


def _placed(word: Word, window: Window) -> Word:
    place = window.stretch(word.start, word.end)
    return replace(word, start=round(place.start, 2), end=round(place.end, 2))


def _phrases(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Cut a line where the window has joined what is far apart, and at ends of sentences."""
    first = 0
    for i in range(1, len(words)):
        pause_s = words[i].start - words[i - 1].end
        long = words[i - 1].end - words[first].start >= LONG_S
        if pause_s > GAP_S or (_ends_sentence(words[i - 1].text) and (long or pause_s >= PAUSE_S)):
            yield words[first:i]
            first = i
    if words:
        yield words[first:]


def _ends_sentence(text: str) -> bool:
    return bool(_SENTENCE_END.search(text.strip())) and not _SHORTENED.search(text.strip())


def _segment(words: Sequence[Word], doubtful: bool) -> Segment:
    text = said = "".join(word.text for word in words).strip()
    if doubtful:
        text = shorten(said)
    bare = tuple(replace(word, text=word.text.strip()) for word in words) if text == said else ()
    return Segment(words[0].start, words[-1].end, text, words=bare, doubtful=doubtful)
