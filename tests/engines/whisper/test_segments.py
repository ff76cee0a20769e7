from app.audio.waveform import Span
from app.documents.transcript import Word
from app.engines.whisper.segments import make_segments
from app.engines.whisper.windows import Window

WINDOW = Window((Span(10, 12), Span(12.5, 14), Span(60, 62)))  # 2 s, 1.5 s and 2 s of speech


def words(*said: tuple[float, float, str]) -> list[Word]:
    return [Word(start, end, text, 0.9) for start, end, text in said]


def test_words_get_the_times_of_the_recording() -> None:
    [segment] = make_segments(
        words((0.0, 0.5, " Good"), (0.5, 1.0, " morning."), (2.0, 2.5, " Let's")), WINDOW, doubtful=False
    )
    assert segment.text == "Good morning. Let's"
    assert (segment.start, segment.end) == (10, 13)
    assert [(word.start, word.text) for word in segment.words] == [
        (10, "Good"),
        (10.5, "morning."),
        (12.5, "Let's"),
    ]
    assert not segment.doubtful


def test_a_line_that_goes_over_a_long_silence_becomes_two_segments() -> None:
    found = list(make_segments(words((2.0, 3.0, " before"), (3.6, 4.0, " after")), WINDOW, doubtful=False))
    assert [(segment.text, segment.start) for segment in found] == [("before", 12.5), ("after", 60.1)]


def test_what_is_doubtful_is_marked_and_a_loop_in_it_shortened() -> None:
    loop = words(*((i / 10, (i + 1) / 10, " no") for i in range(20)))
    [segment] = make_segments(loop, WINDOW, doubtful=True)
    assert segment.doubtful
    assert len(segment.text) < 20 * 3
    assert segment.words == ()  # the words no longer make up the text


def test_blank_words_and_no_words_make_nothing() -> None:
    assert list(make_segments(words((0, 1, "  ")), WINDOW, doubtful=False)) == []
    assert list(make_segments([], WINDOW, doubtful=False)) == []
