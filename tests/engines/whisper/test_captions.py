import pytest

from app.engines.whisper.captions import is_credit, is_farewell


@pytest.mark.parametrize(
    "text",
    [
        "Редактор субтитров А.Семкин Корректор А.Егорова",
        "Субтитры сделал DimaTorzok",
        "Subtitles by the Amara.org community",
        " [Music]",
        "♪ la la la",
        "АПЛОДИСМЕНТЫ",
        "СПОКОЙНАЯ МУЗЫКА",
    ],
)
def test_a_line_that_nobody_says_is_a_credit_or_the_name_of_a_sound(text: str) -> None:
    assert is_credit(text)
    assert not is_farewell(text)


@pytest.mark.parametrize(
    "text", ["Спасибо за просмотр!", "Продолжение следует…", "Thank you for watching.", "You"]
)
def test_a_line_that_films_end_with_is_a_farewell(text: str) -> None:
    assert is_farewell(text)
    assert not is_credit(text)


@pytest.mark.parametrize(
    "text",
    [
        "Редактор Анна пришлёт статью.",
        "Музыка на празднике стоит тридцать тысяч.",
        "We need subtitles in two languages.",
        "Will you send it?",
        "Спасибо, Анна.",
        "The motion (as amended) is carried.",
    ],
)
def test_what_people_say_in_a_meeting_is_neither(text: str) -> None:
    assert not is_credit(text)
    assert not is_farewell(text)
