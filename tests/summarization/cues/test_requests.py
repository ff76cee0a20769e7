import pytest

from app.summarization.cues.requests import addressed, owed, requested


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Скиньте мне отчёт.", "ru"),
        ("Сможешь съездить на склад?", "ru"),
        ("С тебя отчёт.", "ru"),
        ("Ренат, кондуктор нужен к пятнице.", "ru"),
        ("Could you print the signs?", "en"),
        ("Amara, the signs need printing, would you?", "en"),
        ("Please print the signs.", "en"),
        ("Would you mind printing the signs?", "en"),
    ],
)
def test_a_request_is_known_without_a_name(text: str, language: str) -> None:
    assert requested(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Смотрите, что вышло.", "ru"),
        ("Скажи, сколько это стоит?", "ru"),
        ("Если скинешь отчёт, посмотрю.", "ru"),
        ("How can you throw that out?", "en"),
        ("Can you hear me?", "en"),
    ],
)
def test_attention_talk_and_conditions_are_no_request(text: str, language: str) -> None:
    assert not requested(text, language)


def test_who_is_called_is_named_in_full() -> None:
    assert addressed("Паш, спроси у лифтовиков.", "ru", frozenset()) == "Паша"
    assert addressed("Ольга Викторовна, составьте план.", "ru", frozenset()) == "Ольга Викторовна"
    assert addressed("Could you print it, Amara?", "en", frozenset({"amara"})) == "Amara"
    assert addressed("Well, could you print it?", "en", frozenset()) is None
    assert owed("За вами отчёт.", "ru")
