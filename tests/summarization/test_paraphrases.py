"""How well the check of sources tells what was said, in other words, from what was not."""

from pathlib import Path

import pytest

from app.summarization.sources import Sources
from tests.meetings import meeting

LINES = Path(__file__).with_name("paraphrases.txt").read_text("utf-8").splitlines()[1:]
POINTS = [tuple(line.split(" | ")) for line in LINES]
MEETINGS = sorted({name for name, _, _ in POINTS})


@pytest.mark.parametrize(("name", "cited", "text"), POINTS)
def test_what_was_said_in_other_words_is_kept(name: str, cited: str, text: str) -> None:
    transcript = meeting(name).transcript
    number = next(i for i, segment in enumerate(transcript.segments) if cited in segment.text)
    sources = Sources(transcript.segments, transcript.language or "")
    found = sources.find(text, [number], range(len(transcript.segments)))
    assert found is not None
    assert abs(found - number) <= 2


@pytest.mark.parametrize("name", MEETINGS)
def test_what_was_said_in_another_meeting_is_dropped_wherever_it_claims_to_come_from(name: str) -> None:
    transcript = meeting(name).transcript
    everywhere = range(len(transcript.segments))
    sources = Sources(transcript.segments, transcript.language or "")
    foreign = [text for other, _, text in POINTS if other != name]
    assert [
        text for text in foreign for n in everywhere if sources.find(text, [n], everywhere) is not None
    ] == []
