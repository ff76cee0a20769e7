import string

import pytest

from app.documents.catalogues import CATALOGUES
from app.documents.labels import LABELS, labels


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("locale", LABELS)
def test_every_language_has_the_same_words_and_a_word_the_same_values(locale: str) -> None:
    words = LABELS[locale]
    assert words.keys() == LABELS["en"].keys()
    assert all(text.strip() for text in words.values())
    for key, english in LABELS["en"].items():
        assert fields(words[key]) == fields(english), key


@pytest.mark.parametrize("locale", LABELS)
def test_every_language_of_documents_is_one_of_the_pages(locale: str) -> None:
    assert locale == "en" or (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").is_file()


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="known: en, ru"):
        labels("de")
