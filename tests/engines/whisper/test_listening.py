from app.audio.waveform import Span
from app.documents.transcript import Word
from app.engines.whisper.decoded import DecodedWindow, Line
from app.engines.whisper.listening import _unheard, _up_to_the_end, _wordless
from app.engines.whisper.windows import Window


def decoded(*lines: Line) -> DecodedWindow:
    return DecodedWindow("text", lines, (), -0.3, 0.0)


FIRST = [Word(0.0, 1.0, " well"), Word(1.0, 2.0, " then")]
LAST = [Word(2.0, 2.5, " for"), Word(2.5, 16.9, " her"), Word(16.9, 24.0, " brother")]


def test_a_line_that_is_closed_ends_when_it_says() -> None:
    heard = decoded(Line(0.0, 2.0, (1,)), Line(2.0, 24.0, (2,)))
    assert _up_to_the_end(heard, [FIRST, LAST], 28.0) == ([FIRST, LAST], 24.0)


def test_an_open_line_ends_before_words_that_last_too_long() -> None:
    heard = decoded(Line(0.0, 2.0, (1,)), Line(2.0, 28.0, (2,), open=True))
    assert _up_to_the_end(heard, [FIRST, LAST], 28.0) == ([FIRST, LAST[:1]], 2.5)
    assert _up_to_the_end(heard, [FIRST, LAST[:1]], 28.0) == ([FIRST, LAST[:1]], 2.5)


def test_an_open_line_without_words_is_all_unheard() -> None:
    heard = decoded(Line(0.0, 2.0, (1,)), Line(2.0, 28.0, (2,), open=True))
    assert _up_to_the_end(heard, [FIRST, []], 28.0) == ([FIRST, []], 2.0)


def test_silence_is_heard_to_its_end() -> None:
    assert _up_to_the_end(decoded(), [], 28.0) == ([], 28.0)


def left_out(window: Window, *lines: tuple[float, float], end: float | None = None) -> list[tuple[Span, ...]]:
    heard = decoded(*(Line(start, stop, (1,)) for start, stop in lines))
    last = lines[-1][1] if lines else window.duration_s
    return [part.spans for part in _unheard(heard, window, end or last)]


def test_speech_without_a_line_is_unheard_wherever_it_is_in_a_window() -> None:
    window = Window((Span(100, 128),))
    assert left_out(window, (0, 14), (14.5, 27)) == []
    assert left_out(window, (0, 4), (15, 27)) == [(Span(104, 115),)]
    assert left_out(window, (6, 14), (14, 20)) == [(Span(100, 106),), (Span(120, 128),)]
    assert left_out(window, (0, 4), (4, 28), end=10) == [(Span(110, 128),)]


def test_silence_between_lines_is_not_unheard() -> None:
    window = Window((Span(100, 105), Span(108, 109), Span(130, 138)))
    assert left_out(window, (0, 5), (6, 14)) == []
    assert left_out(window) == []


def wordless(window: Window, line: tuple[float, float], *at: float) -> list[tuple[Span, ...]]:
    words = [Word(middle - 0.1, middle + 0.1, " word") for middle in at]
    return [part.spans for part in _wordless(decoded(Line(*line, (1,))), window, line[1], words)]


def test_a_sentence_that_is_said_again_within_a_line_is_unheard() -> None:
    window = Window((Span(100, 103), Span(104, 107), Span(108, 109)))
    assert wordless(window, (0, 7), 0.5, 2.5) == [(Span(104, 107), Span(108, 109))]
    assert wordless(window, (0, 7), 0.5, 2.5, 6.5) == [(Span(104, 107),)]
    assert wordless(window, (0, 7), 0.5, 4.0) == [], "a second is too little"
    assert wordless(window, (0, 3), 0.5) == [], "what no line lasts over is found by the lines"
    assert wordless(window, (0, 7)) == [], "without words nothing is known of their places"
