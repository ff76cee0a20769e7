from hypothesis import given

from app.documents.transcript import Segment
from app.documents.txt import render_minutes_txt, render_text, render_transcript_txt, render_txt
from tests.documents.meetings import english, silent
from tests.documents.test_paragraphs import SEGMENTS, transcript


def test_a_line_has_time_speaker_and_text() -> None:
    meeting = transcript(Segment(3661, 3662, "Да.", "Анна"), Segment(3663, 3664, "???", doubtful=True))
    assert render_txt(meeting) == "[01:01:01] Анна: Да.\n[01:01:03] [?] ???\n"


def test_the_words_alone_stand_in_paragraphs() -> None:
    meeting = transcript(Segment(0, 1, "One."), Segment(1, 2, "Two."), Segment(9, 10, "Three."))
    assert render_text(meeting) == "One. Two.\n\nThree.\n"


def test_the_transcript_does_not_name_who_wrote_the_minutes() -> None:
    assert "Minutes by" in render_minutes_txt(english(), "en")
    assert "Minutes by" not in render_transcript_txt(english(), "en")


def test_a_recording_without_speech_has_no_empty_sections() -> None:
    text = render_minutes_txt(silent(), "en")
    assert "No speech was found" in text
    assert "TOPICS" not in text


@given(SEGMENTS)
def test_any_transcript_is_a_line_a_segment(segments: list[Segment]) -> None:
    text = render_txt(transcript(*segments))
    assert text.endswith("\n")
    lines = text.encode().decode().splitlines()
    assert len([line for line in lines if line]) <= len(segments)
    assert all(line.startswith("[") for line in lines if line)
