from app.audio.waveform import Span
from app.documents.transcript import Word
from app.engines.whisper.segments import make_segments
from app.engines.whisper.windows import Window

WINDOW = Window((Span(10.0, 12.0), Span(60.0, 62.0)))  # two stretches of speech, far apart
WORDS = [
    Word(0.0, 0.5, " Good"),
    Word(0.5, 1.0, " morning."),
    Word(2.2, 2.8, " Anna"),
    Word(2.8, 3.0, " speaks."),
]


def test_a_line_is_cut_where_the_recording_has_a_pause() -> None:
    first, second = make_segments(WORDS, WINDOW, doubtful=False)
    assert (first.start, first.end, first.text) == (10.0, 11.0, "Good morning.")
    assert (second.start, second.end, second.text) == (60.2, 61.0, "Anna speaks.")
    assert [word.text for word in second.words] == ["Anna", "speaks."]


def test_a_loop_is_shortened_and_has_no_words_of_its_own() -> None:
    words = [Word(0.2 * i, 0.2 * i + 0.1, " no") for i in range(8)]
    [segment] = make_segments(words, WINDOW, doubtful=True)
    assert segment.doubtful
    assert "…" in segment.text
    assert len(segment.text) < len(" no" * 8)
    assert segment.words == ()


def test_spaces_alone_make_no_segment() -> None:
    assert list(make_segments([Word(0.0, 0.5, " ")], WINDOW, doubtful=False)) == []
