from collections import defaultdict

from app.audio.waveform import Span
from app.engines.whisper.languages import choose_languages
from app.engines.whisper.windows import EncodedWindow, Window


def part(seconds: float, **languages: float) -> EncodedWindow:
    return EncodedWindow(Window((Span(0, seconds),)), None, languages)


def test_a_language_that_is_asked_for_is_that_of_every_window() -> None:
    parts = [part(28, en=0.99, ru=0.01), part(3, cy=0.9, ru=0.1)]
    assert choose_languages(parts, "ru", defaultdict(float)) == {"ru": parts}


def test_a_cough_is_not_welsh_but_a_long_sure_window_is_another_language() -> None:
    russian, cough, english = part(28, ru=0.9, en=0.1), part(2, cy=0.95, ru=0.05), part(20, en=0.95, ru=0.05)
    chosen = choose_languages([russian, cough, english], "auto", defaultdict(float))
    assert chosen == {"ru": [russian, cough], "en": [english]}


def test_what_was_heard_before_counts_for_a_window_that_is_not_sure() -> None:
    chances: defaultdict[str, float] = defaultdict(float, ru=100.0)
    unsure = part(20, en=0.6, ru=0.4)
    assert choose_languages([unsure], "auto", chances) == {"ru": [unsure]}
    assert chances == {"ru": 108.0, "en": 12.0}
