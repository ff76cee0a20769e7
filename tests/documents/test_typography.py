from datetime import UTC, datetime

import pytest

from app.documents.typography import as_sentence, clock, format_date, format_duration, language_name, typeset


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "00:00:00"),
        (59.999, "00:00:59"),
        (3600, "01:00:00"),
        (100 * 3600 + 61, "100:01:01"),
        (-3, "00:00:00"),
    ],
)
def test_a_clock_has_hours_minutes_and_seconds(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_a_date_is_written_out() -> None:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    assert format_date(moment, "ru") == "21 ноября 2026 г."
    assert format_date(moment, "en") == "21 November 2026"


@pytest.mark.parametrize(
    ("seconds", "russian", "english"),
    [
        (0, "0 с", "0 s"),
        (40.4, "40 с", "40 s"),
        (312, "5 мин 12 с", "5 min 12 s"),
        (3900, "1 ч 05 мин", "1 h 05 min"),
        (7199, "2 ч 00 мин", "2 h 00 min"),
        (3599.6, "1 ч 00 мин", "1 h 00 min"),
    ],
)
def test_a_duration_is_written_in_its_two_largest_units(seconds: float, russian: str, english: str) -> None:
    assert format_duration(seconds, "ru") == russian
    assert format_duration(seconds, "en") == english


def test_a_language_has_its_name_in_the_language_of_the_form() -> None:
    assert language_name("kk", "ru") == "казахский"
    assert language_name("kk", "en") == "Kazakh"
    assert language_name("xx", "en") is None


def test_quotes_and_dashes_are_those_of_the_language() -> None:
    assert typeset('Проект "Север" - наш', "ru") == "Проект «Север»\u00a0— наш"
    assert typeset('The "North" - ours', "en") == "The “North”\u00a0– ours"
    assert typeset('"Nord" - unser', "de") == '"Nord" - unser'


def test_what_only_looks_like_quotes_and_dashes_stays() -> None:
    for text in ('экран 24" или 27"', "из-за", "- Да", "5 -", '""', '" "'):
        assert typeset(text, "ru") == text


def test_a_statement_begins_with_a_capital() -> None:
    assert as_sentence("fix the import", "en") == "Fix the import"
    assert as_sentence("", "en") == ""
