"""Reads a vote: «Кто за? Четверо. Против? Один», "five in favor, one opposed": how it came out."""

import re
from collections.abc import Sequence

from app.summarization import russian
from app.summarization.numerals import numbers
from app.summarization.phrases import phrase
from app.summarization.words import tokens

_VOTE = {
    "ru": phrase(
        "кто (?:«?за»?|против|воздержал\\w+)|голосуем|голосовали|проголосовали|(?:ставлю"
        "|ставим) на голосование",
        "воздерж\\w+|единогласно|большинств(?:о|ом)(?: голосов)?|\\w+ «?за»?(?=\\W*(?:$|[,.;]))|\\w+ против",
        "против(?=\\W)|поднимите руки",
    ),
    "en": phrase(
        "(?:all|those) in favou?r|in favou?r|opposed(?=\\W)|(?:anyone |anybody )?against(?=\\W*$)"
        "|\\w+ against(?=\\W*$)"
        "|abstain\\w*|abstentions?|(?:the )?motion|seconded|i second|second(?=\\W*$)|we voted|vote on"
        "|unanimous(?:ly)?|the ayes|the nays|show of hands"
    ),
}
_LOST = {
    "ru": phrase("не прош(?:ло|[её]л|ла)|не принят[оа]?|отклон[её]н[оа]?|отклоняется|отклонили"),
    "en": phrase(
        "(?:motion |it )?(?:fails|failed|is defeated|was defeated|does not carry|is lost|is rejected)"
    ),
}
_FOR = {"ru": re.compile(r"(?<!\w)«?за»?(?!\w)\W*"), "en": re.compile(r"(?<!\w)(?:favou?r|ayes)(?!\w)\W*")}
_AGAINST = {
    "ru": re.compile(r"(?<!\w)[Пп]ротив(?!\w)\W*"),
    "en": re.compile(r"(?<!\w)(?:[Oo]pposed|[Aa]gainst)(?!\w)\W*"),
}
_REACH = 2  # words between a side and its number
_COLLECTIVE = {
    "двое": 2, "трое": 3, "четверо": 4, "пятеро": 5, "шестеро": 6, "семеро": 7, "восьмеро": 8,
    "девятеро": 9, "десятеро": 10,
}  # fmt: skip
_NOBODY = ("никто", "никого", "none", "nobody", "нет")


def votes(text: str, language: str) -> bool:
    """Tell whether a sentence is part of a vote."""
    return language in _VOTE and bool(_VOTE[language].search(text))


def lost(texts: Sequence[str], language: str) -> bool:
    """Tell whether the vote in these sentences went against the proposal."""
    text = " ".join(texts)
    if _LOST[language].search(text):
        return True
    for_, against = (_counted(text, side[language], language) for side in (_FOR, _AGAINST))
    return for_ is not None and against is not None and against > for_


def _counted(text: str, side: re.Pattern[str], language: str) -> float | None:
    """Return the number before «за» or «против»; after it where that was a question («Против? Четверо»)."""
    for match in side.finditer(text):
        after = "?" in match.group()
        near = tokens(text[match.end() :])[:_REACH] if after else tokens(text[: match.start()])[-_REACH:]
        found = [value for word in (" ".join(near), *near) for value in _values(word, language)]
        if found:
            return max(found)
    return None


def _values(words: str, language: str) -> set[float]:
    if words in _NOBODY:
        return {0.0}
    if language == "ru" and (lemma := russian.lemma(words)) in _COLLECTIVE:
        return {float(_COLLECTIVE[lemma])}
    return numbers(words, language)
