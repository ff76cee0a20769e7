import pytest

from app.audio import espeak
from app.audio.espeak import Phone
from app.errors import EngineUnavailable
from app.nets.phones import index, phones_of, plain

needs_espeak = pytest.mark.skipif(not espeak.available(), reason="espeak-ng is not installed")


def test_softness_joins_its_consonant_and_pauses_join() -> None:
    heard = [
        Phone("n", 0, 1, True),
        Phone("ʲ", 1, 2),
        Phone("", 2, 3),
        Phone("", 3, 4),
        Phone("ɛɹ", 4, 6, True),
    ]
    assert plain(heard) == (
        Phone("nʲ", 0, 2, True),
        Phone("", 2, 4),
        Phone("ɛ", 4, 5, True),
        Phone("ɹ", 5, 6),
    )


def test_an_unknown_phone_takes_its_plainest_relative() -> None:
    inventory = ["", "a", "t", "uː"]
    assert index([Phone(s, 0, 1) for s in ("a", "tʲ", "u", "ʘ")], inventory) == [1, 2, 3, 0]


@needs_espeak
def test_text_becomes_phones_with_word_starts() -> None:
    english, russian = phones_of("Good day", "en"), phones_of("Добрый день", "ru")
    assert [p.symbol for p in english if p.symbol][:3] == ["ɡ", "ʊ", "d"]
    assert sum(p.begins_word for p in english) == 2
    assert "dʲ" in [p.symbol for p in russian]


@needs_espeak
def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(EngineUnavailable, match="no voice nobody"):
        espeak.speak("hello", "nobody")
