import pytest

from app.summarization.numerals import numbers, stated


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("один миллион двести тысяч рублей", "ru", 1_200_000),
        ("1 200 000 рублей", "ru", 1_200_000),
        ("1,2 млн рублей", "ru", 1_200_000),
        ("двадцати пяти процентов", "ru", 25),
        ("к пятнадцатому мая", "ru", 15),
        ("до двадцать пятого", "ru", 25),
        ("сорока двух", "ru", 42),
        ("forty eight thousand dollars", "en", 48_000),
        ("forty-eight percent", "en", 48),
        ("$48,000", "en", 48_000),
        ("1.5 million", "en", 1_500_000),
        ("on the fifteenth", "en", 15),
        ("seven point one", "en", 7.1),
        ("семь целых две десятых", "ru", 7.2),
    ],
)
def test_a_number_is_the_same_in_words_and_in_digits(text: str, language: str, expected: float) -> None:
    assert expected in numbers(text, language)


def test_a_number_that_must_be_right_may_be_read_as_a_whole_or_in_part() -> None:
    assert stated("не один, а 1,2 млн за 15%", "ru") == [{1.2, 1_200_000}, {15}]
    assert stated("до 18:00", "ru") == [{18}]
    assert stated("сорок две заявки и двадцать звонков", "ru") == [{40, 2, 42}, {20}]
