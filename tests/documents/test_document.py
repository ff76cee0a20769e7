from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.documents.document import Document, facts, remarks
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
