import pytest

from app.engines.pocketsphinx.words import CLEAR, RecognizedWord, clarity, spell


def word(text: str, start: float, end: float, probability: float, fit_per_frame: float) -> RecognizedWord:
    return RecognizedWord(text, start, end, probability, fit_per_frame * (end - start) * 100)


def test_words_that_fit_their_sound_are_clear_and_others_are_not() -> None:
    assert clarity([word("good", 0, 1, 0.9, -3.0), word("morning", 1, 2, 0.9, -3.0)], 2.0) > CLEAR
    assert clarity([word("gone", 0, 1, 0.3, -6.0), word("mow", 1, 2, 0.2, -6.0)], 2.0) < CLEAR


def test_speech_that_no_word_explains_makes_it_less_clear() -> None:
    heard = [word("good", 0, 1, 0.9, -3.0)]
    assert clarity(heard, 1.0) > clarity(heard, 4.0)
    assert clarity([word("<sil>", 0, 1, 1.0, -1.0)], 1.0) == clarity([], 0.0) == 0.0


@pytest.mark.parametrize(
    ("text", "first", "spelled"),
    [
        ("to(3)", False, "to"),
        ("to", True, "To"),
        ("i", False, "I"),
        ("i'm", False, "I'm"),
        ("is", False, "is"),
    ],
)
def test_words_are_spelled_as_english_writes_them(text: str, first: bool, spelled: str) -> None:
    assert spell(text, first=first) == spelled
