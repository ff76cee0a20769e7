import numpy as np
import pytest

from app.audio.espeak import Phone
from app.training.lessons import PAUSE_S, Lesson, _timeline, inventory_of


def test_short_pauses_stand_at_both_ends_and_the_steps_add_up() -> None:
    phones = (Phone("t", 0.2, 0.28), Phone("a", 0.28, 0.2801), Phone("k", 0.2801, 0.5))
    both, steps, (start, end) = _timeline(phones)
    assert [phone.symbol for phone in both] == ["", "t", "a", "k", ""]
    assert (start, end) == pytest.approx((0.2 - PAUSE_S, 0.5 + PAUSE_S))
    assert steps.tolist() == [5, 8, 0, 22, 5]  # of 10 ms


def test_a_net_must_know_each_phone_and_voice_that_it_learns_from() -> None:
    frames = np.zeros((2, 63), np.float32)

    def lesson(voice: str, *symbols: str) -> Lesson:
        phones = tuple(Phone(symbol, 0, 0) for symbol in symbols)
        return Lesson(voice, "", phones, np.array([1]), frames)

    config = inventory_of([lesson("ru-f", "b", "a"), lesson("en-f", "a", "t")], {"ru-f": "ru", "en-f": "en"})
    assert config.phones == ("", "a", "b", "t")
    assert config.voices == ("en-f", "ru-f")
    assert config.languages == ("en", "ru")
