"""Words as search compares them: without case and endings, in Russian, English and what is written alike.

Both databases get stems that are made here, so that both find the same, and a page marks what was found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.summarization.words import stem, stop_words

MOST_TERMS = 12
MOST_CHARACTERS = 200  # of what is searched for
_SYLLABIC = "぀-ヿ㐀-鿿가-힣"  # written without spaces: each sign is a word
_TOKEN = re.compile(f"[{_SYLLABIC}]|[^\\W_{_SYLLABIC}]+")
_CYRILLIC = re.compile("[а-яё]")
_TERM = re.compile(r"[\"“«]([^\"”»]+)[\"”»]|(\S+)")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one after the other, by their stems; prefix: the last may go on."""

    stems: tuple[str, ...]
    prefix: bool = False

    def fits(self, stems: list[str]) -> bool:
        """Tell whether these stems are what is searched for."""
        last, wanted = stems[-1], self.stems[-1]
        same = last.startswith(wanted) if self.prefix else last == wanted
        return same and tuple(stems[:-1]) == self.stems[:-1]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; found: it was searched for."""

    text: str
    found: bool


def stem_of(word: str) -> str:
    """Return the stem of a word, by the letters that it is written in."""
    lower = word.lower()
    return stem(lower, "ru" if _CYRILLIC.search(lower) else "en")


def stems(text: str) -> str:
    """Return the stems of a text with spaces between: what is indexed."""
    return " ".join(stem_of(word) for word in _TOKEN.findall(text))


def terms(text: str, prefix: bool = False) -> tuple[Term, ...]:
    """Read what a person searches for: words, "phrases", beginnings of words*; prefix: all are beginnings."""
    found = []
    for phrase, word in _TERM.findall(text[:MOST_CHARACTERS]):
        words = _TOKEN.findall(phrase or word)
        if words:
            goes_on = not phrase and (prefix or word.endswith("*"))
            found.append(Term(tuple(map(stem_of, words)), goes_on))
    return tuple(dict.fromkeys(found))[:MOST_TERMS]


def content_terms(question: str) -> tuple[Term, ...]:
    """Read what a question is about: each of its words that carries meaning."""
    empty = stop_words("ru") | stop_words("en")
    words = [word for word in _TOKEN.findall(question.lower()) if word not in empty]
    return tuple(dict.fromkeys(Term((stem_of(word),)) for word in words))[:MOST_TERMS]


def marked(text: str, wanted: tuple[Term, ...]) -> tuple[Piece, ...]:
    """Cut a text where what is searched for begins and ends."""
    pieces, at = [], 0
    for start, end in _places(text, wanted):
        if start > at:
            pieces.append(Piece(text[at:start], False))
        pieces.append(Piece(text[start:end], True))
        at = end
    return (*pieces, Piece(text[at:], False)) if at < len(text) else tuple(pieces)


def excerpt(text: str, wanted: tuple[Term, ...], most: int = 240) -> tuple[Piece, ...]:
    """Mark what was found in the part of a long text in which it stands first."""
    start, _ = next(_places(text, wanted), (0, 0))
    begin = max(0, min(start - most // 3, len(text) - most))
    if begin:
        begin = text.rfind(" ", 0, begin) + 1
    end = begin + most
    if end < len(text):
        end = max(text.rfind(" ", begin, end), begin + most // 2)
    cut = ("… " if begin else "") + text[begin:end] + (" …" if end < len(text) else "")
    return marked(cut, wanted)


def _places(text: str, wanted: tuple[Term, ...]) -> Iterator[tuple[int, int]]:
    words = [(match.start(), match.end(), stem_of(match.group())) for match in _TOKEN.finditer(text)]
    at = 0
    while at < len(words):
        here = (
            len(term.stems)
            for term in wanted
            if at + len(term.stems) <= len(words)
            and term.fits([stem for _, _, stem in words[at : at + len(term.stems)]])
        )
        n_words = max(here, default=0)
        if n_words:
            yield words[at][0], words[at + n_words - 1][1]
        at += n_words or 1
