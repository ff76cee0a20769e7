from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio import espeak
from app.audio.espeak import Phone
from app.errors import BadInput
from app.training.lessons import PAUSE_S, Lesson, _timeline, inventory_of
from app.training.train_multispeaker import prepare


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
        return Lesson(voice, "", phones, np.array([1]), frames, np.zeros(160, np.int16))

    config = inventory_of([lesson("ru-f", "b", "a"), lesson("en-f", "a", "t")], {"ru-f": "ru", "en-f": "en"})
    assert config.phones == ("", "a", "b", "t")
    assert config.voices == ("en-f", "ru-f")
    assert config.languages == ("en", "ru")


def test_a_corpus_of_ones_own_needs_no_times_of_phones(tmp_path: Path) -> None:
    """Its phones are heard in the sound; what is kept of a first training serves the next."""
    if not espeak.available():
        pytest.skip("espeak-ng is not installed")
    (tmp_path / "wavs").mkdir()
    texts = {n: f"The budget of week {n} is ready." for n in (1, 2, 11)}  # test, train, valid by their hashes
    for n, text in texts.items():
        spoken, rate, _ = espeak.speak(text, "en-us+f2")
        soundfile.write(tmp_path / f"wavs/{n}.wav", spoken[: rate // 2], rate)  # short, as a test is
    table = "".join(f"{n}|{text}|{text}\n" for n, text in texts.items())
    (tmp_path / "metadata.csv").write_text(table, encoding="utf-8")
    training, validation, config = prepare(tmp_path)
    assert config.voices == (tmp_path.name,)
    assert config.languages == ("en",)
    assert {symbol for lesson in training for symbol in (p.symbol for p in lesson.phones)} <= set(
        config.phones
    )
    again, _, _ = prepare(tmp_path)
    assert [lesson.steps.tolist() for lesson in again] == [lesson.steps.tolist() for lesson in training]
    assert [lesson.text for lesson in (*training, *validation)] == [
        texts[2],
        texts[11],
    ]  # the rest is held out


def test_a_corpus_that_is_too_small_says_so(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("", encoding="utf-8")
    with pytest.raises(BadInput, match="too few sentences"):
        prepare(tmp_path)
