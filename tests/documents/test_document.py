from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.documents.diarization import Diarization, Turn
from app.documents.document import Document, facts, remarks
from app.documents.minutes import ActionItem, Minutes
from app.documents.transcript import Segment, Transcript
from tests.documents.meetings import english, russian, silent

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_document_names_every_engine_that_made_it() -> None:
    transcript, minutes = english().transcript, english().minutes
    document = Document.of("a.wav", NOON, transcript, minutes, cleaned_by="Demucs htdemucs")
    assert document.engines == {
        "clean": "Demucs htdemucs",
        "transcribe": "PocketSphinx en-us",
        "summarize": "extractive",
    }
    assert [value for _, value in facts(document, "en")][-3:] == [
        "Demucs htdemucs",
        "PocketSphinx en-us",
        "extraction of sentences, without a language model",
    ]


def test_a_date_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Document.of("a.wav", datetime(2026, 11, 21), english().transcript)


def test_the_date_of_the_recording_goes_before_that_of_its_processing() -> None:
    document = replace(english(), recorded_at=datetime(2026, 11, 5, tzinfo=UTC))
    assert ("Recorded on", "5 November 2026") in facts(document, "en")
    assert not any(label == "Processed on" for label, _ in facts(document, "en"))


def test_the_form_is_in_the_language_of_the_meeting_where_there_is_one() -> None:
    assert russian().locale("en") == "ru"
    assert english().locale("ru") == "en"
    german = replace(english(), transcript=replace(english().transcript, language="de"))
    assert german.locale("ru") == "ru"
    assert ("Язык", "немецкий") in facts(german, "ru")
    assert silent().locale("en") == "en"


def test_remarks_say_what_to_be_careful_about() -> None:
    document = replace(russian(), notes=("Очистка звука пропущена.",))
    assert remarks(document, "ru") == [
        "Сомнительные места расшифровки, отмеченные знаком [?]: 1.",
        "Утверждения, не вошедшие в протокол, так как их источник не найден в расшифровке: 2.",
        "Очистка звука пропущена.",
    ]
    assert remarks(english(), "en") == []


def test_a_recording_without_speech_says_so() -> None:
    assert remarks(silent(), "en") == ["No speech was found in the recording."]
    blank = Transcript((Segment(0, 1, " \u202e "),), None, "openai-whisper tiny", 1.0)
    assert not Document.of("a.wav", NOON, blank).has_speech


def diarized() -> Document:
    said = (Segment(0, 3, "I will.", "Speaker 1"), Segment(3, 4, "Good.", "Speaker 2", overlapped=True))
    turns = (Turn(0.0, 3.0, "Speaker 1"), Turn(3.0, 4.0, "Speaker 2"))
    return Document.of(
        "a.wav",
        NOON,
        Transcript(said, "en", "an engine", 4.0),
        Minutes("en", "extractive", action_items=(ActionItem("Do it", 0.0, "Speaker 1", None),)),
        diarization=Diarization(turns, "a net"),
        names={"Speaker 2": "Марина"},
    )


def test_a_document_calls_speakers_what_people_call_them_in_transcript_minutes_and_facts() -> None:
    document = diarized().named("ru")
    assert [segment.speaker for segment in document.transcript.segments] == ["Участник 1", "Марина"]
    assert document.minutes is not None
    assert [item.who for item in document.minutes.action_items] == ["Участник 1"]
    assert document.named("ru") == document
    assert ("Speakers", "Speaker 1 (75 %), Марина (25 %)") in facts(diarized(), "en")
    assert ("Speakers told apart by", "a net") in facts(diarized(), "en")


def test_a_document_says_that_speakers_were_told_apart_by_voice_and_where_they_speak_at_once() -> None:
    assert remarks(diarized(), "en") == [
        "The speakers were told apart by their voices, which is not always right.",
        "Places where several people speak at once and the speaker may be wrong: 1.",
    ]
