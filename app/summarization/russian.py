"""Russian word forms, by pymorphy3 and the OpenCorpora dictionary that comes with it."""

from functools import cache, lru_cache
from typing import Any

from app.summarization.phrases import word_list

_REMEMBERED = 100_000  # answers; a day of talk has some ten thousand forms of words


@cache
def _analyzer() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(_REMEMBERED)
def parses(word: str) -> tuple[Any, ...]:
    """Return what a word may be, most likely first."""
    return tuple(_analyzer().parse(word.lower()))


@lru_cache(_REMEMBERED)
def has(word: str, *grammemes: str, least: float = 0.0) -> bool:
    """Tell whether a reading of the word, at least so likely, has all these grammemes."""
    return any(p.score >= least and all(g in p.tag for g in grammemes) for p in parses(word))


@lru_cache(_REMEMBERED)
def lemma(word: str) -> str:
    return str(parses(word)[0].normal_form)


@lru_cache(_REMEMBERED)
def nominative(word: str, *, like: str = "") -> str:
    """Return a noun or an adjective in the nominative of its own number and gender, else the word itself.

    like: a grammeme the reading must have, as "Name".
    """
    for parse in parses(word):
        if (not like or like in parse.tag) and parse.tag.POS in ("NOUN", "ADJF"):
            form = parse if parse.tag.case == "nomn" else parse.inflect({"nomn"})
            if form:
                return str(form.word)
    return word.lower()


@lru_cache(_REMEMBERED)
def person(word: str, case: str | None = None) -> str | None:
    """Return the nominative of a person's name, with a capital; None if the word is no name.

    A name in lower case (no capitals were heard) must have the name as its most likely reading.
    case: OpenCorpora's case that the form must be able to be in, as "datv".
    """
    capital = word[:1].isupper()
    for rank, parse in enumerate(parses(word)):
        named = any(kind in parse.tag for kind in ("Name", "Surn", "Patr"))
        if named and (capital or rank == 0) and (case is None or parse.tag.case == case):
            form = parse if parse.tag.case == "nomn" else parse.inflect({"nomn", "sing"})
            return str(form.word).title() if form else None
    return None


@lru_cache(_REMEMBERED)
def department(word: str, case: str | None = None) -> bool:
    """Tell whether a word is a role or a part of a company that can be asked to do something."""
    return any(
        parse.normal_form in word_list("departments.ru") and (case is None or parse.tag.case == case)
        for parse in parses(word)
    )
