"""Text normalization for synthesis: dates, times, shares and numbers in words; one breath at a time."""

import re
from collections.abc import Callable

from babel import Locale

_DATE = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b|\b(\d{4})-(\d{2})-(\d{2})\b")
_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_SHARE = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")
_GROUPED = re.compile(r"(?<=\d)[\u00a0\u202f ](?=\d{3}\b)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_MARKUP = re.compile(r"[*_#`>|\[\]<]+")
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+|\n|$)")
_CLAUSE = re.compile(r"(?<=[,;:])\s+|\s+(?=[—–-]\s)")
MAX_LETTERS = 220
_SIGNS = {"№": {"en": "number", "ru": "номер"}, "&": {"en": "and", "ru": "и"}}


def in_words(text: str, language: str) -> str:
    """Write out what a voice would stumble over. language: "en" or "ru"."""
    say = _sayer(language)
    text = _GROUPED.sub("", _MARKUP.sub(" ", text))
    text = _DATE.sub(lambda m: _date(m, language), text)
    text = _TIME.sub(lambda m: _time(m, say, language), text)
    text = _SHARE.sub(lambda m: f"{say(m[1])} {_percent(m[1], language)}", text)
    for sign, words in _SIGNS.items():
        text = text.replace(sign, f" {words[language]} ")
    return re.sub(r"[ \t]+", " ", _NUMBER.sub(lambda m: say(m[0]), text)).strip()


def sentences(text: str) -> list[str]:
    """Split a text into what is said in one breath, at most MAX_LETTERS each."""
    found: list[str] = []
    for sentence in (match.strip() for match in _SENTENCE.findall(text)):
        part = ""
        for clause in _CLAUSE.split(sentence):
            for piece in _pieces(clause):
                if part and len(part) + len(piece) > MAX_LETTERS:
                    found.append(part)
                    part = ""
                part = f"{part} {piece}".strip()
        if any(letter.isalnum() for letter in part):
            found.append(part)
    return found


def _pieces(clause: str) -> list[str]:
    """Cut a clause without commas between words where it is too long."""
    pieces = [""]
    for word in clause.split():
        if pieces[-1] and len(pieces[-1]) + len(word) >= MAX_LETTERS:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]} {word[:MAX_LETTERS]}".strip()
    return [piece for piece in pieces if piece]


def _sayer(language: str) -> Callable[[str], str]:
    from num2words import num2words

    def say(digits: str) -> str:
        number = digits.replace(",", ".") if language == "ru" else digits.replace(",", "")
        if len(number) > 15 or number.count(".") > 1:
            return " ".join(num2words(int(digit), lang=language) for digit in digits if digit.isdigit())
        return str(num2words(float(number) if "." in number else int(number), lang=language))

    return say


def _date(match: re.Match[str], language: str) -> str:
    from num2words import num2words

    day, month, year = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return match[0]
    name = Locale(language).months["format"]["wide"][int(month)]
    if language == "ru":
        first = num2words(int(day), lang="ru", to="ordinal", gender="n", case="n")
        return f"{first} {name} {num2words(int(year), lang='ru', to='ordinal', gender='m', case='g')} года"
    nth = num2words(int(day), lang="en", to="ordinal")
    return f"{name} the {nth}, {num2words(int(year), lang='en', to='year')}"


def _time(match: re.Match[str], say: Callable[[str], str], language: str) -> str:
    hours, minutes = match[1], match[2]
    if minutes == "00":
        return f"{say(hours)} {'часов ровно' if language == 'ru' else 'o’clock'}"
    nought = {"en": "oh ", "ru": "ноль "}[language] if minutes[0] == "0" else ""
    return f"{say(hours)} {nought}{say(str(int(minutes)))}"


def _percent(number: str, language: str) -> str:
    if language == "en":
        return "percent"
    if not number.isdigit():
        return "процента"
    tens, ones = int(number) % 100, int(number) % 10
    if ones == 1 and tens != 11:
        return "процент"
    return "процента" if 2 <= ones <= 4 and not 12 <= tens <= 14 else "процентов"
