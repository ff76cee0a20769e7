import json
from dataclasses import replace

from hypothesis import given
from pydantic import TypeAdapter

from app.documents.diarization import Diarization, Turn
from app.documents.json_files import render_minutes_json, render_transcript_json
from app.documents.sanitize import xml_safe
from app.documents.transcript import Segment, Transcript
from tests.documents.meetings import russian, silent
from tests.documents.test_paragraphs import SEGMENTS, transcript


def test_a_transcript_can_be_read_back_with_its_words() -> None:
    meeting = russian().transcript
    data = json.loads(render_transcript_json(russian()))
    assert (data["format"], data["version"]) == ("konspekt.transcript", 1)
    segments = [{key: value for key, value in segment.items() if key != "id"} for segment in data["segments"]]
    plain = {"segments": segments, **{key: data[key] for key in ("language", "engine", "duration_s")}}
    assert TypeAdapter(Transcript).validate_python(plain) == meeting


def test_the_download_says_what_is_known_of_the_recording() -> None:
    data = json.loads(render_transcript_json(russian()))
    assert data["title"] == "Совещание по бюджету"
    assert data["file_name"] == "совещание_по_бюджету.mp4"
    assert data["processed_at"] == "2026-11-21T00:40:05+03:00"
    assert data["engines"]["transcribe"] == "openai-whisper turbo"


def test_every_point_of_the_minutes_has_its_time() -> None:
    data = json.loads(render_minutes_json(russian()))
    points = [point for topic in data["topics"] for point in topic["points"]]
    assert all(entry["start"] > 0 for entry in [*points, *data["decisions"], *data["action_items"]])
    assert data["action_items"][0]["who"] == "Пётр Смирнов"
    assert json.loads(render_minutes_json(silent()))["topics"] == []


@given(SEGMENTS)
def test_any_text_survives_but_what_no_file_can_hold(segments: list[Segment]) -> None:
    text = render_transcript_json(replace(russian(), transcript=transcript(*segments)))
    read = [segment["text"] for segment in json.loads(text.encode())["segments"]]
    assert [xml_safe(text) for text in read] == [xml_safe(segment.text) for segment in segments]


def test_json_names_the_voices_that_were_told_apart_and_how_long_each_speaks() -> None:
    assert "speakers" not in json.loads(render_transcript_json(russian()))
    said = (Segment(0.0, 2.0, "a", "Speaker 1"), Segment(2.0, 6.0, "b", "Speaker 2"))
    document = replace(
        russian(),
        transcript=Transcript(said, "ru", "an engine", 6.0),
        diarization=Diarization((Turn(0.0, 2.0, "Speaker 1"),), "a net"),
        names={"Speaker 1": "Марина"},
    )
    assert json.loads(render_transcript_json(document))["speakers"] == [
        {"name": "Speaker 2", "seconds": 4.0},
        {"name": "Марина", "seconds": 2.0},
    ]
