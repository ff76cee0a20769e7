import pytest

from app.engines.whisper.captions import is_credit, is_farewell


@pytest.mark.parametrize(
    "text",
    [
        " Редактор субтитров А.Семкин Корректор А.Егорова",
        "Субтитры сделал DimaTorzok",
        "Subtitles by the Amara.org community",
        "СПОКОЙНАЯ МУЗЫКА",
        "[Music]",
        "(applause)",
        "♪♪♪",
    ],
)
def test_who_made_subtitles_and_what_they_describe_is_known(text: str) -> None:
    assert is_credit(text)


@pytest.mark.parametrize(
    "text", ["Продолжение следует...", "Thanks for watching!", "Спасибо за просмотр", " you"]
)
def test_farewells_are_known_and_are_no_credits(text: str) -> None:
    assert is_farewell(text)
    assert not is_credit(text)


@pytest.mark.parametrize(
    "text",
    [
        "Редактор отчёта поправит текст к пятнице.",
        "Музыка в холле слишком громкая.",
        "MUSIC is a word of this sentence.",
        "Thank you, that is all for today.",
        "Can you hear me?",
        "Да.",
    ],
)
def test_what_people_say_is_neither(text: str) -> None:
    assert not is_credit(text)
    assert not is_farewell(text)
