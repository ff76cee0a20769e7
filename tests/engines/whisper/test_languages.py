import torch

from app.audio.waveform import Span
from app.engines.whisper.languages import choose_languages
from app.engines.whisper.windows import EncodedWindow, Window


def part(seconds: float, **languages: float) -> EncodedWindow:
    return EncodedWindow(Window((Span(0, seconds),)), torch.zeros(1), languages)


def test_a_mixed_meeting_is_heard_in_each_windows_own_language() -> None:
    parts = [part(28, ru=0.9, en=0.1), part(28, ru=0.05, en=0.95), part(28, ru=0.6, en=0.4)]
    chances: dict[str, float] = dict.fromkeys(("ru", "en"), 0.0)
    chosen = choose_languages(parts, "auto", chances)
    assert chosen == {"ru": [parts[0], parts[2]], "en": [parts[1]]}


def test_a_short_or_unsure_window_does_not_change_the_language() -> None:
    chances: dict[str, float] = dict.fromkeys(("ru", "cy", "en"), 0.0)
    choose_languages([part(28, ru=0.99, cy=0.0, en=0.01)], "auto", chances)
    cough, unsure = part(2, ru=0.05, cy=0.95, en=0.0), part(28, ru=0.3, cy=0.0, en=0.7)
    assert choose_languages([cough, unsure], "auto", chances) == {"ru": [cough, unsure]}


def test_a_chosen_language_is_every_windows() -> None:
    parts = [part(28), part(28)]
    assert choose_languages(parts, "ru", {}) == {"ru": parts}
