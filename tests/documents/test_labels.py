import string

import pytest

from app.documents.labels import LABELS, labels


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_have_the_same_words() -> None:
    assert LABELS["ru"].keys() == LABELS["en"].keys()
    assert all(text.strip() for words in LABELS.values() for text in words.values())


def test_a_word_takes_the_same_values_in_both_languages() -> None:
    for key, english in LABELS["en"].items():
        assert fields(LABELS["ru"][key]) == fields(english), key


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="known: en, ru"):
        labels("de")
