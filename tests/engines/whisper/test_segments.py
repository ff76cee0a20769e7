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


def said(text: str, *, word_s: float = 0.3, pause_s: float = 0.0) -> list[str]:
    """Return the segments of a line, each word of `word_s`, with a pause after each sentence."""
    words, at = [], 0.0
    for word in text.split():
        words.append(Word(at, at + word_s, f" {word}"))
        at += word_s + pause_s * (word[-1] in ".?!")
    window = Window((Span(0.0, at + 1),))
    return [segment.text for segment in make_segments(words, window, doubtful=False)]


def test_a_sentence_ends_a_segment_where_people_pause() -> None:
    text = "Согласны? Да, принято. Идём дальше."
    assert said(text, pause_s=0.5) == ["Согласны?", "Да, принято.", "Идём дальше."]
    assert said(text, pause_s=0.1) == [text]


def test_a_long_line_is_cut_at_the_end_of_a_sentence_and_nowhere_else() -> None:
    sentence = "We talked to Mr. Smith about the new office and about the rent of the old one today."
    assert said(" ".join([sentence] * 3), word_s=0.4) == [sentence] * 3
    assert len(said("and so on " * 40)) == 1


def test_a_shortened_word_ends_no_sentence() -> None:
    assert said("Договор от 5 мая 2026 г. подписал Dr. House.", pause_s=0.5) == [
        "Договор от 5 мая 2026 г. подписал Dr. House."
    ]
