"""Numbers in a text, in digits or in words: «тридцать два», "forty eight thousand", «к пятнадцатому»."""

import re
from collections.abc import Iterator
from functools import cache

from app.summarization import russian


def _counted(*rows: tuple[str, int, int]) -> dict[str, int]:
    return {word: start + step * i for words, start, step in rows for i, word in enumerate(words.split())}


_RU = _counted(
    ("ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать", 0, 1),
    ("тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать", 13, 1),
    ("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто", 20, 10),
    ("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот", 100, 100),
    ("первый второй третий четвёртый пятый шестой седьмой восьмой девятый десятый", 1, 1),
    ("одиннадцатый двенадцатый тринадцатый четырнадцатый пятнадцатый шестнадцатый", 11, 1),
    ("семнадцатый восемнадцатый девятнадцатый", 17, 1),
    ("двадцатый тридцатый", 20, 10),
    ("двое трое четверо пятеро", 2, 1),
)
_EN = _counted(
    ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen", 0, 1),
    ("sixteen seventeen eighteen nineteen", 16, 1),
    ("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    ("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth", 1, 1),
    ("fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth", 14, 1),
    ("thirtieth", 30, 1),
)
_SCALES = {
    "сотня": 100, "тысяча": 1000, "тыс": 1000, "миллион": 10**6, "млн": 10**6,
    "миллиард": 10**9, "млрд": 10**9, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9,
}  # fmt: skip
_POINTS = frozenset(("point", "запятая", "целых", "целая"))
_GROUPED = re.compile(r"(?<=\d)[\s\u00a0\u202f,](?=\d{3}(?!\d))")
_PART = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|[.;!?]")


@cache
def _value(word: str, language: str) -> float | None:
    """Return what a number or a number word is worth."""
    if word[0].isdigit():
        return float(word.replace(",", "."))
    if language == "ru":
        return next((_RU[p.normal_form] for p in russian.parses(word) if p.normal_form in _RU), None)
    return _EN.get(word)


@cache
def _scale(word: str, language: str) -> int | None:
    if word in _SCALES:
        return _SCALES[word]
    return _SCALES.get(russian.lemma(word)) if language == "ru" and word[0].isalpha() else None


def _spoken(text: str, language: str) -> Iterator[tuple[set[float], bool]]:
    """Yield each number as all that it can be read as, and whether it has a digit."""
    total, run, whole = 0.0, None, None  # whole: what stood before "point"
    readings, digits = set[float](), False
    for word in [*_PART.findall(_GROUPED.sub("", text.lower())), "."]:
        value, scale = _value(word, language), _scale(word, language)
        if word in _POINTS and run is not None:
            whole, run = run, 0.0
        elif value is not None:
            if whole is not None:
                readings.add(whole + value / (10 if value < 10 else 100))
                whole = None
            elif run is not None and not _continues(run, value):
                yield readings, digits
                total, readings, digits = 0.0, set(), False
                run = None
            run = value + (run or 0.0)
            readings |= {value, run, total + run}
            digits = digits or word[0].isdigit()
        elif scale is not None:
            run = (run if run else 1.0) * scale
            readings |= {run, total + run}
            if scale >= 1000:
                total, run = total + run, 0.0
        elif readings:
            yield readings, digits
            total, run, whole, readings, digits = 0.0, None, None, set(), False


def _continues(run: float, value: float) -> bool:
    """Tell whether «пять» goes on from «двадцать», or "forty" from "three hundred"."""
    return any(value < step and run % step == 0 for step in (10, 100, 1000))


def spoken(text: str, language: str) -> list[set[float]]:
    """Return each number of a text, in order, as all that it can be read as."""
    return [readings for readings, _ in _spoken(text, language)]


def is_number(word: str, language: str) -> bool:
    """Tell whether a word in lower case is a number or a part of one: "15", «пятнадцатого», "thousand"."""
    return _value(word, language) is not None or _scale(word, language) is not None


def numbers(text: str, language: str) -> set[float]:
    """Return all numbers that a text can be read to hold: of «двадцать пять тысяч» 20, 5, 25 and 25000."""
    return {value for readings in spoken(text, language) for value in readings}


def stated(text: str, language: str) -> list[set[float]]:
    """Return the numbers that must be right, each as all that it can be read as.

    «Один» and "first" say little, and zero needs no source.
    """
    return [
        readings
        for readings, digits in _spoken(text, language)
        if readings != {0.0} and (digits or max(readings) >= 10)
    ]
