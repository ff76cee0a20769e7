"""A transcript in the forms of OpenAI's API, as pure functions."""

import json
import math

from app.documents.transcript import Segment, Transcript, Word
from app.web.api import transcription_answers

WORDS = (Word(0.5, 0.9, " Добрый", 0.5), Word(0.9, 1.25, "день.", 0.5))
TRANSCRIPT = Transcript(
    (Segment(0.5, 1.25, " Добрый день. ", words=WORDS), Segment(2.0, 3.0, "Начнём.")),
    language="ru",
    engine="openai-whisper base",
    duration_s=3.2,
)


def test_the_plain_answer_names_text_time_and_engine() -> None:
    assert transcription_answers.plain(TRANSCRIPT) == {
        "text": TRANSCRIPT.text.strip(),
        "usage": {"type": "duration", "seconds": 4},
        "engine": "openai-whisper base",
    }


def test_the_verbose_answer_has_segments_unless_only_words_are_asked() -> None:
    assert [s["text"] for s in transcription_answers.verbose(TRANSCRIPT, [])["segments"]] == [
        "Добрый день.",
        "Начнём.",
    ]
    only_words = transcription_answers.verbose(TRANSCRIPT, ["word"])
    assert "segments" not in only_words
    assert only_words["words"][1] == {"word": "день.", "start": 0.9, "end": 1.25}
    assert {"segments", "words"} <= transcription_answers.verbose(TRANSCRIPT, ["word", "segment"]).keys()


def test_the_language_is_named_as_openai_names_it() -> None:
    assert transcription_answers.verbose(TRANSCRIPT, [])["language"] == "russian"


def test_the_probability_of_a_segment_is_the_mean_of_its_words() -> None:
    first, second = transcription_answers.verbose(TRANSCRIPT, [])["segments"]
    assert first["avg_logprob"] == round(math.log(0.5), 4)
    assert second["avg_logprob"] == 0.0


def test_silence_is_an_empty_text() -> None:
    silence = Transcript((), language=None, engine="PocketSphinx", duration_s=9.0)
    assert transcription_answers.verbose(silence, ["segment", "word"])["segments"] == []
    assert transcription_answers.plain(silence)["text"] == ""


def test_the_end_of_a_stream_has_what_was_not_sent_and_the_whole_text() -> None:
    def told(sent: str) -> list[dict[str, str]]:
        events = transcription_answers.last_events(TRANSCRIPT, sent, with_speakers=False)
        return [json.loads(event.split("data: ")[1]) for event in events]

    whole = "Добрый день. Начнём."
    assert [event.get("delta", event.get("text")) for event in told("Добрый день.")] == [" Начнём.", whole]
    assert [event["text"] for event in told(whole)] == [whole]
    assert [event["text"] for event in told("Добры день.")] == [whole], "it was heard better afterwards"


def test_an_event_is_one_line_of_data() -> None:
    forged = Transcript((Segment(0, 1, "a\n\nevent: evil"),), None, "x", 1)
    events = [
        *transcription_answers.last_events(forged, "", with_speakers=True),
        transcription_answers.delta("a\nb"),
    ]
    assert len(events) == 4
    assert all(event.count("\n") == 3 for event in events)


def test_diarized_answers_call_speakers_by_letters_as_they_are_heard_first() -> None:
    segments = (
        Segment(0.0, 1.5, " Yes. ", "Speaker 2"),
        Segment(1.5, 2.0, "No.", "Speaker 1"),
        Segment(2.0, 3.0, "Well.", "Speaker 2"),
        Segment(3.0, 4.0, "Hm."),
    )
    answer = transcription_answers.diarized(Transcript(segments, "en", "an engine", 4.0))
    assert [(part["speaker"], part["text"]) for part in answer["segments"]] == [
        ("A", "Yes."),
        ("B", "No."),
        ("A", "Well."),
        ("", "Hm."),
    ]
    assert answer["segments"][0] == {
        "type": "transcript.text.segment",
        "id": "seg_000",
        "start": 0.0,
        "end": 1.5,
        "text": "Yes.",
        "speaker": "A",
    }
