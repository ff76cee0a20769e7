"""How times, dates, names of languages and quotes are written for people, in each language of LABELS."""

import re
from datetime import date

from babel import Locale, dates

from app.documents.capitals import with_capital
from app.documents.labels import LABELS, labels
from app.documents.quotation_marks import set_quotation_marks

_DASH = re.compile(r"(?<=\S) (?:-|--|–|—) (?=\S)")


def clock(seconds: float) -> str:
    """Write a time of the recording as HH:MM:SS, so that it aligns and is not taken for a time of day."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"


def format_date(moment: date, locale: str) -> str:
    """Write the date: «21 ноября 2026 г.», "21 November 2026"."""
    return str(dates.format_date(moment, labels(locale)["date"], locale))


def language_name(code: str, locale: str) -> str | None:
    """Name a language, given by its ISO 639-1 code; None if it is not known."""
    return Locale(locale).languages.get(language_tag(code))


def language_tag(code: str) -> str:
    """Return the BCP 47 tag of a language: Whisper calls Javanese by a code that was withdrawn."""
    return {"jw": "jv"}.get(code, code)


def format_duration(seconds: float, locale: str) -> str:
    """Write a duration: «1 ч 05 мин», "5 min 12 s", "40 s"; seconds only below an hour."""
    words = labels(locale)
    total = round(max(0.0, seconds))
    if total >= 3600:
        hours, minutes = divmod(round(total / 60), 60)
        return words["hours_minutes"].format(hours=hours, minutes=minutes)
    minutes, rest = divmod(total, 60)
    return words["minutes_seconds" if minutes else "seconds"].format(minutes=minutes, seconds=rest)


def as_sentence(text: str, language: str | None) -> str:
    """Typeset a statement of the minutes, and begin it with a capital: some engines write none."""
    text = typeset(text, language)
    return with_capital(text, language)


def speaks(name: str, language: str | None) -> str:
    """Write who speaks before what he says, as the language of the speech does."""
    if language in ("zh", "yue", "ja"):
        return f"{name}："
    return f"{name}\N{NO-BREAK SPACE}: " if language == "fr" else f"{name}: "


def typeset(text: str, language: str | None) -> str:
    """Set straight quotes and spaced hyphens as a typesetter of the text's own language would."""
    if language not in LABELS:
        return text
    return _DASH.sub(LABELS[language]["dash"], set_quotation_marks(text, language))
