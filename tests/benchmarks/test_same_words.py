"""What counts as the same word where minutes are scored."""

import pytest

from benchmarks.same_words import share_held, words


@pytest.mark.parametrize(
    ("language", "wanted", "said"),
    [
        ("ru", "закрыть зал", "Закрываем залы."),
        ("ru", "сделать бесплатным", "Сделаем бесплатно!"),
        ("ru", "библиоквест 14 ноября", "Библиоквест четырнадцатого, в ноябре"),
        ("ru", "стрижка тысяча двести рублей", "1200 рублей за стрижку"),
        ("en", "close at one on Saturdays", "Closing at 1 on Saturday"),
    ],
)
def test_forms_kindred_words_and_numbers_are_the_same(language: str, wanted: str, said: str) -> None:
    assert share_held(words(wanted, language), words(said, language)) == 1.0


@pytest.mark.parametrize(
    ("language", "wanted", "said"),
    [
        ("ru", "купить контейнер", "Продаём консервы"),
        ("ru", "поднять до тридцати", "Опустим до сорока"),
        ("en", "raise it to fifteen", "Lower it to fifty"),
    ],
)
def test_other_words_and_numbers_are_not(language: str, wanted: str, said: str) -> None:
    assert share_held(words(wanted, language), words(said, language)) == 0.0
