import pytest

from app.summarization.cues.answers import Answer, answer, answered, asks_all, assents, settles, settles_so


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Согласна.", "ru", Answer.TAKEN),
        ("Ну, я за.", "ru", Answer.TAKEN),
        ("Хорошо.", "ru", Answer.NODDED),
        ("Нет, не надо.", "ru", Answer.REFUSED),
        ("Шучу, шучу.", "ru", Answer.TAKEN_BACK),
        ("Хорошо, но только если дадут денег.", "ru", None),
        ("Согласны?", "ru", None),
        ("Хорошо бы ещё обсудить смету на ремонт крыши.", "ru", None),
        ("Works for me.", "en", Answer.TAKEN),
        ("Okay.", "en", Answer.NODDED),
        ("That's out of the question.", "en", Answer.REFUSED),
        ("Just kidding.", "en", Answer.TAKEN_BACK),
        ("Second item is the price.", "en", None),
    ],
)
def test_an_answer_is_told_from_what_speaks_of_its_own(
    text: str, language: str, expected: Answer | None
) -> None:
    assert answer(text, language) is expected


def test_what_is_said_beside_the_answer_is_kept() -> None:
    assert answered("Согласна, камеры оставляем.", "ru") == "камеры оставляем."


def test_questions_to_all_and_closing_words_are_known() -> None:
    assert asks_all("Возражения есть?", "ru")
    assert settles_so("Давайте так.", "ru")
    assert settles("Принято.", "ru")
    assert assents("Sure.", "en")
    assert not assents("No.", "en")
