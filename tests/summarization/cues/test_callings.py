import pytest

from app.summarization.cues.callings import spoken_to, thanked

NOBODY = frozenset[str]()


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "рамиль ты завтра в город едешь", "Рамиль"),
        ("ru", "Галя, у тебя же ключ есть.", "Галя"),
        ("ru", "Краску надо и кисти.", None),
        ("ru", "Ты завтра в город едешь?", None),
        ("en", "fiona the message on the phone will need re-recording", "Fiona"),
        ("en", "Priyanka, have you got the login?", "Priyanka"),
        ("en", "Wales, Whitsun.", None),
        ("en", "How can you say that?", None),
        ("en", "So can you hear the engine?", None),
    ],
)
def test_who_is_spoken_to_is_heard_beside_you_and_nobody_else(
    language: str, text: str, expected: str | None
) -> None:
    assert spoken_to(text, language, NOBODY) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "Вот спасибо, Коля.", "Коля"),
        ("ru", "Спасибо большое.", None),
        ("en", "thanks doctor shah", "Doctor Shah"),
        ("en", "Thanks very much.", None),
        ("en", "Thank you, everyone.", None),
        ("en", "Thanks Ann, now the long story of how we lost the keys.", None),
    ],
)
def test_who_is_thanked_is_named_in_a_short_sentence(language: str, text: str, expected: str | None) -> None:
    assert thanked(text, language, NOBODY) == expected
