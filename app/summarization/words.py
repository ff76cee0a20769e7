"""Cuts text into words without stop words, reduced to their stems; all comparisons of sentences use it."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

import snowballstemmer

from app.summarization.phrases import word_list

_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)

_ALGORITHMS = {
    "ru": "russian", "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian",
    "pt": "portuguese", "nl": "dutch", "sv": "swedish", "no": "norwegian", "da": "danish", "fi": "finnish",
    "tr": "turkish", "ro": "romanian", "hu": "hungarian", "ar": "arabic", "el": "greek", "lt": "lithuanian",
    "pl": "polish", "cs": "czech", "hi": "hindi",
}  # fmt: skip


def stop_words(language: str) -> frozenset[str]:
    """Return the words without content of a language, none where we have no list."""
    return word_list(f"stop.{language}")


@cache
def _stemmer(language: str) -> "snowballstemmer.stemmer | None":
    return snowballstemmer.stemmer(_ALGORITHMS[language]) if language in _ALGORITHMS else None


@lru_cache(2**17)  # words come from whoever sends a recording or searches
def stem(word: str, language: str) -> str:
    """Return the Snowball stem of a lower-case word; ё counts as е."""
    stemmer = _stemmer(language)
    word = word.replace("ё", "е")
    return str(stemmer.stemWord(word)) if stemmer else word


def tokens(text: str) -> list[str]:
    """Return words and numbers in lower case."""
    return [match.group().lower() for match in _TOKEN.finditer(text)]


def content(text: str, language: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order."""
    stop = stop_words(language)
    return [
        stem(word, language)
        for word in (token.split("'")[0].split("’")[0] for token in tokens(text))
        if word not in stop and (len(word) > 1 or word.isdigit())
    ]


def script_language(texts: Iterable[str], said: str | None) -> str:
    """Return the language to work in: the transcript's own, else "ru" or "en" by its letters."""
    if said:
        return said
    text = " ".join(texts)
    return "ru" if len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text)) else "en"
