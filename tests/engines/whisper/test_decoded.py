"""Figures are those that Whisper base gave: of real speech, of noise, of silence."""

import pytest

from app.engines.whisper.decoded import DecodedWindow, Line, went_wrong, without_inventions


def window(text: str, logprob: float, no_speech: float) -> DecodedWindow:
    return DecodedWindow(text, (Line(0.0, 4.0, (1, 2, 3)),), (1, 2, 3), logprob, no_speech)


@pytest.mark.parametrize(
    ("text", "logprob", "no_speech", "speech_s"),
    [
        ("Yes.", -0.91, 0.62, 0.8),
        ("and the absolute times in correspondence.", -0.55, 0.67, 2.0),
        ("6 spoons.", -1.23, 0.46, 1.2),
        ("Thank you for watching the slides.", -0.3, 0.1, 3.0),
        ("I had two minutes.", -0.4, 0.2, 28.0),  # a recording with a pause that nobody noticed
    ],
)
def test_what_is_said_stays(text: str, logprob: float, no_speech: float, speech_s: float) -> None:
    heard = window(text, logprob, no_speech)
    assert without_inventions(heard, speech_s) is heard


@pytest.mark.parametrize(
    ("text", "logprob", "no_speech", "speech_s"),
    [
        ("you", -0.81, 0.93, 28.0),
        ("Редактор субтитров А.Семкин Корректор А.Егорова", -0.51, 0.93, 28.0),
        ("Редактор субтитров А.Синецкая Корректор А.Егорова", -0.50, 0.33, 28.0),
        ("ДИНАМИЧНАЯ МУЗЫКА", -0.73, 0.09, 28.0),
        ("Слышь, а я не могу.", -1.82, 0.44, 28.0),
        ("Bine, bine, bine, bine, bine", -1.00, 0.75, 4.0),
        ("Thanks for watching!", -0.4, 0.2, 28.0),
    ],
)
def test_what_is_invented_goes(text: str, logprob: float, no_speech: float, speech_s: float) -> None:
    heard = without_inventions(window(text, logprob, no_speech), speech_s)
    assert (heard.text, heard.lines) == ("", ())


def test_a_line_faster_than_speech_went_wrong() -> None:
    fast = Line(0.0, 0.04, tuple(range(12)))
    heard = DecodedWindow("Ask her to bring those things", (fast,), fast.tokens, -0.2, 0.1)
    assert went_wrong(heard, 10.0)
    said = Line(0.0, 2.0, tuple(range(12)))
    assert not went_wrong(DecodedWindow(heard.text, (said,), said.tokens, -0.2, 0.1), 10.0)


def test_what_the_prompt_alone_says_is_invented_unless_it_fills_the_speech() -> None:
    """Measured with Whisper base: of a tone it writes a name of its prompt, as sure as of speech."""
    name, prompt = window("Петрова,", -0.4, 0.1), "Анна Петрова, Конспект"
    assert without_inventions(name, 20.0, prompt).text == ""
    assert without_inventions(name, 1.0, prompt) is name
    assert without_inventions(name, 20.0, "Анна") is name
