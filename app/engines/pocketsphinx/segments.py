"""Segments of the transcript: PocketSphinx's words of an utterance, cut at the pauses."""

import itertools
from collections.abc import Iterator, Sequence

from app.documents.transcript import Segment, Word
from app.engines.pocketsphinx.words import CLEAR, RecognizedWord, clarity, spell

PAUSE_S = 0.3  # silence between words that begins a new segment
MAX_SEGMENT_S = 12.0  # longer ones are cut at their widest pause
EDGE_WORDS = 3  # that such a cut leaves on each side at least


def make_segments(heard: Sequence[RecognizedWord], offset_s: float) -> list[Segment]:
    """Cut an utterance at its pauses; `offset_s`: where it starts in the recording."""
    words = [word for word in heard if word.is_word]
    borders = [i for i in range(1, len(words)) if words[i].start - words[i - 1].end >= PAUSE_S]
    phrases = (words[i:j] for i, j in itertools.pairwise([0, *borders, len(words)]))
    return [_segment(part, offset_s) for phrase in phrases if phrase for part in _shorter(phrase)]


def _shorter(phrase: Sequence[RecognizedWord]) -> Iterator[Sequence[RecognizedWord]]:
    inner = range(EDGE_WORDS, len(phrase) - EDGE_WORDS + 1)
    if phrase[-1].end - phrase[0].start <= MAX_SEGMENT_S or not inner:
        yield phrase
        return
    cut = max(inner, key=lambda i: phrase[i].start - phrase[i - 1].end)
    yield from _shorter(phrase[:cut])
    yield from _shorter(phrase[cut:])


def _segment(phrase: Sequence[RecognizedWord], offset_s: float) -> Segment:
    words = tuple(
        Word(
            round(offset_s + word.start, 2),
            round(offset_s + word.end, 2),
            spell(word.text, first=word is phrase[0]),
            round(min(1.0, word.probability), 3),
        )
        for word in phrase
    )
    text = " ".join(word.text for word in words)
    doubtful = clarity(phrase, phrase[-1].end - phrase[0].start) < CLEAR
    return Segment(words[0].start, words[-1].end, text, words=words, doubtful=doubtful)
