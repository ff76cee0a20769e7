from dataclasses import replace

from hypothesis import given

from app.documents.paragraphs import FULL_CHARS, MAX_CHARS, milliseconds, paragraphs
from app.documents.sanitize import one_line
from app.documents.transcript import Segment, Transcript
from tests.documents.choices import Choices, made
from tests.documents.texts import text


def transcript(*segments: Segment) -> Transcript:
    return Transcript(segments, "en", "test", 100.0)


def test_segments_without_a_pause_are_one_paragraph() -> None:
    found = paragraphs(transcript(Segment(0, 2, "We begin."), Segment(2.5, 4, "Then we end.")))
    assert [(p.start, p.text) for p in found] == [(0, "We begin. Then we end.")]


def test_a_pause_a_speaker_a_doubt_and_a_citation_each_open_a_paragraph() -> None:
    first = Segment(0, 2, "one", "Ann")
    second = Segment(2, 4, "two", "Ann")
    assert len(paragraphs(transcript(first, second))) == 1
    assert len(paragraphs(transcript(first, replace(second, start=4.0, end=5.0)))) == 2
    assert len(paragraphs(transcript(first, replace(second, speaker="Bob")))) == 2
    assert len(paragraphs(transcript(first, replace(second, doubtful=True)))) == 2
    assert len(paragraphs(transcript(first, second), {2000})) == 2


def test_a_full_paragraph_ends_with_a_sentence_or_at_last_without_one() -> None:
    def many(text: str) -> Transcript:
        return transcript(*(Segment(n, n + 1, text) for n in range(100)))

    sentences = paragraphs(many("A sentence of some length."))[0].text
    assert FULL_CHARS <= len(sentences) < FULL_CHARS + 30
    endless = paragraphs(many("no sentence ever ends here"))[0].text
    assert MAX_CHARS <= len(endless) < MAX_CHARS + 30


def test_a_quotation_ends_a_sentence_too() -> None:
    for end in (".»", '."', ".)", "։", "?”"):
        full = Segment(0, 1, "x" * FULL_CHARS + end)
        assert len(paragraphs(transcript(full, Segment(1, 2, "more")))) == 2, end


def segment(choices: Choices) -> Segment:
    start, end, said = choices.between(0, 1000), choices.between(0, 1000), text(choices)
    speaker = text(choices) if choices.below(2) else None
    return Segment(start, end, said, speaker, doubtful=bool(choices.below(2)))


SEGMENTS = made(lambda choices: list(choices.several(12, segment)), 1000)


@given(SEGMENTS)
def test_no_word_is_lost_and_every_cited_time_can_be_found(segments: list[Segment]) -> None:
    cited = {milliseconds(segment.start) for segment in segments[::2] if one_line(segment.text)}
    found = paragraphs(transcript(*segments), cited)
    said = "".join("".join(one_line(segment.text).split()) for segment in segments)
    assert "".join("".join(paragraph.text.split()) for paragraph in found) == said
    assert cited <= {milliseconds(p.start) for p in found}
