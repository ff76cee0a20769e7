from app.engines.pocketsphinx.segments import make_segments
from app.engines.pocketsphinx.words import RecognizedWord


def heard(*words: tuple[str, float, float]) -> list[RecognizedWord]:
    return [RecognizedWord(text, start, end, 0.9, -100.0) for text, start, end in words]


def test_segments_end_at_pauses() -> None:
    segments = make_segments(
        heard(
            ("<s>", 0, 0.1), ("i", 0.1, 0.3), ("agree(2)", 0.3, 0.8), ("<sil>", 0.8, 1.5), ("i'm", 1.5, 2.0)
        ),
        10,
    )
    assert [(s.start, s.end, s.text) for s in segments] == [(10.1, 10.8, "I agree"), (11.5, 12.0, "I'm")]
    assert segments[0].words[1].text == "agree"


def test_a_long_phrase_is_cut_at_its_widest_pause() -> None:
    words = [("word", 0.5 * i, 0.5 * i + 0.4) for i in range(30)]
    words[17] = ("here", 8.65, 8.9)
    segments = make_segments(heard(*words), 0)
    assert [len(segment.words) for segment in segments] == [17, 13]


def test_noises_alone_make_no_segment() -> None:
    assert make_segments(heard(("<s>", 0, 1), ("[NOISE]", 1, 2), ("++COUGH++", 2, 3)), 0) == []
