import numpy as np
import pytest

from app.audio import espeak
from app.nets.phones import plain
from app.training.corpus.listening import phones_heard, warped
from app.training.corpus.resample import resample

needs_espeak = pytest.mark.skipif(not espeak.available(), reason="espeak-ng is not installed")


def test_what_is_said_twice_as_slowly_falls_on_its_own_frames() -> None:
    there = np.random.default_rng(0).standard_normal((20, 5))
    assert warped(there, np.repeat(there, 2, axis=0)) == pytest.approx(2 * np.arange(20) + 0.5)
    assert warped(there, there) == pytest.approx(np.arange(20))


@needs_espeak
@pytest.mark.parametrize(
    ("voice", "language", "text"),
    [
        ("en-us+f2", "en", "The budget is ready for the meeting on Monday."),
        ("ru+klatt2", "ru", "Бюджет готов к совещанию в понедельник."),
    ],
)
def test_phones_are_found_in_another_voice_at_another_pace(voice: str, language: str, text: str) -> None:
    spoken, rate, said = espeak.speak(text, voice, words_per_minute=130, pitch=70)
    sound = np.pad(resample(spoken, rate), 3200)  # a fifth of a second of silence
    true = [phone for phone in plain(said) if phone.symbol]
    found = [phone for phone in phones_heard(sound, text, language) if phone.symbol]
    assert [phone.symbol for phone in found] == [phone.symbol for phone in true]
    errors = [abs(a.start - b.start - 0.2) for a, b in zip(found, true, strict=True)]
    assert np.median(errors) < 0.03
    assert max(errors) < 0.15
