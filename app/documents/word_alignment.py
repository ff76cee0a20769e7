"""Gives the words of a corrected line their times: old ones keep theirs, new ones share what lies between."""

import re
from collections.abc import Sequence

from app.documents.transcript import Word

_TOKEN = re.compile(r"\S+")
MOST_PAIRS = 100_000_000  # of words, old by new: a bit each; a line of an hour has the half


def align_words(text: str, heard: Sequence[Word], start: float, end: float) -> tuple[Word, ...]:
    """Return a Word for each word of `text`, within `start`..`end` s.

    heard: the words that were recognized there, in order. What the two texts have in common is their longest
    common subsequence (Hyyrö 2004, whose time does not depend on the words, whatever stands in the text).
    Words that a person wrote have no probability; they share the time between their neighbours by length.
    """
    from rapidfuzz.distance import LCSseq

    tokens = _TOKEN.findall(text)
    kept: dict[int, Word] = {}
    if len(heard) * len(tokens) <= MOST_PAIRS:
        old, new = [_bare(word.text) for word in heard], [_bare(token) for token in tokens]
        for block in LCSseq.opcodes(old, new).as_matching_blocks():
            same = heard[block.a : block.a + block.size]
            kept.update(zip(range(block.b, block.b + block.size), same, strict=True))
    words: list[Word] = []
    at = start
    number = 0
    while number < len(tokens):
        if number in kept:
            word = kept[number]
            begun = min(max(word.start, at), end)
            at = min(max(word.end, begun), end)
            words.append(Word(begun, at, tokens[number], word.probability))
            number += 1
            continue
        upto = next((n for n in range(number, len(tokens)) if n in kept), len(tokens))
        until = min(max(kept[upto].start, at), end) if upto in kept else max(end, at)
        words += _shared(tokens[number:upto], at, until)
        at, number = until, upto
    return tuple(words)


def _shared(tokens: Sequence[str], start: float, end: float) -> list[Word]:
    whole = sum(map(len, tokens))
    words, done = [], 0
    for token in tokens:
        begun = start + (end - start) * done / whole
        done += len(token)
        words.append(Word(begun, start + (end - start) * done / whole, token))
    return words


def _bare(token: str) -> str:
    """Compare words without case and punctuation; what is nothing else stays as it is."""
    return re.sub(r"\W+", "", token).casefold() or token.strip()
