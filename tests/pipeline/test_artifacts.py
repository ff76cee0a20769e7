"""What stages leave on disk, and the loop that skips what is there."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.audio.media import Media
from app.documents.diarization import Diarization, NotDiarized, Turn
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Segment, Transcript, Word
from app.engines.base import Embedding
from app.pipeline import INFOS, artifacts
from app.pipeline.batch.progress import BatchProgress
from app.pipeline.cleaned import NotCleaned
from app.pipeline.recording import Recording

MEDIA = Media(61.25, "matroska", "opus", 48000, 2, "vp9", 1280, 720)
WORD = Word(0.5, 1.0, "Привет", 0.75)
TRANSCRIPT = Transcript(
    (Segment(0.5, 2.0, "Привет \U0001f600 ё", "Анна", (WORD,), doubtful=True),), "ru", "an engine", 61.25
)
MINUTES = Minutes(
    "ru",
    "another engine",
    topics=(Topic("Смета", 0.5, (Point("Смета готова", 0.5),)),),
    decisions=(Point("Принять", 1.0),),
    action_items=(ActionItem("Прислать смету", 2.0, "Анна", "до пятницы"),),
    dropped=1,
)


@pytest.fixture
def fresh(tmp_path: Path) -> Recording:
    source = tmp_path / "source"
    source.write_bytes(b"what was sent")
    return Recording("совещание.webm", source, tmp_path / "results" / "a job")


@pytest.fixture
def finished(fresh: Recording) -> Recording:
    fresh.folder.mkdir(parents=True)
    speech = fresh.folder / "speech.wav"
    speech.write_bytes(b"RIFF and so on")
    why = NotCleaned("Fetch %(name)s.", {"name": "weights"})
    done = replace(
        fresh, media=MEDIA, speech=speech, repaired=why, cleaned=why, transcript=TRANSCRIPT, minutes=MINUTES
    )
    done = replace(done, listed=BatchProgress(3, 2, 1, 0))
    return replace(done, embedding=Embedding(np.ones(4, np.float32), "an engine", "pca"))


def test_what_was_saved_is_loaded_as_it_was(fresh: Recording, finished: Recording) -> None:
    loaded = fresh
    for stage in ("extract", "repair", "clean", "transcribe", "summarize"):
        artifacts.save(stage, finished)
        after = artifacts.load(stage, loaded)
        assert after is not None
        loaded = after
    assert replace(loaded, embedding=finished.embedding, listed=finished.listed) == finished


def test_what_no_writer_can_encode_is_made_clean_when_it_is_read(
    fresh: Recording, finished: Recording
) -> None:
    broken = replace(TRANSCRIPT.segments[0], text="Привет \ud800", end=math.nan)
    artifacts.save("transcribe", replace(finished, transcript=replace(TRANSCRIPT, segments=(broken,))))
    loaded = artifacts.load("transcribe", fresh)
    assert loaded
    assert loaded.transcript
    assert [(one.text, one.end) for one in loaded.transcript.segments] == [("Привет \ufffd", 0.5)]


def test_nothing_is_there_before_the_stage_ran(fresh: Recording) -> None:
    for stage in INFOS:
        assert artifacts.load(stage, fresh) is None


def test_a_half_written_speech_is_not_taken_for_finished(fresh: Recording, finished: Recording) -> None:
    artifacts.save("extract", finished)
    assert finished.speech is not None
    finished.speech.write_bytes(b"RIFF and")
    assert artifacts.load("extract", fresh) is None
    finished.speech.unlink()
    assert artifacts.load("extract", fresh) is None


@pytest.mark.parametrize(
    "found",
    [Diarization((Turn(0.0, 3.0, "Speaker 1"),), "nets"), NotDiarized("Fetch %(name)s.", {"name": "it"})],
)
def test_who_speaks_is_kept_apart_from_what_is_said(
    fresh: Recording, finished: Recording, found: Diarization | NotDiarized
) -> None:
    diarized = replace(finished, diarization=found)
    for stage in ("transcribe", "diarize"):
        artifacts.save(stage, diarized)
    loaded = artifacts.load_all(("transcribe", "diarize"), fresh)
    assert loaded.diarization == found
    assert loaded.transcript is not None
    speaker = "Speaker 1" if isinstance(found, Diarization) else "Анна"
    assert [segment.speaker for segment in loaded.transcript.segments] == [speaker]
    assert artifacts.load("transcribe", fresh) == replace(fresh, transcript=TRANSCRIPT)


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"format": 1}',
        b'{"format": 0}',
        b"\xff\xfe",
        b'{"format": 1, "segments": 3}',
    ],
)
def test_a_spoilt_artifact_makes_its_stage_run_again(
    fresh: Recording, finished: Recording, spoilt: bytes
) -> None:
    for stage, info in INFOS.items():
        (finished.folder / info.artifact.file).write_bytes(spoilt)
        assert artifacts.load(stage, fresh) is None


def test_an_artifact_of_a_later_format_is_not_read(fresh: Recording, finished: Recording) -> None:
    artifacts.save("transcribe", finished)
    path = finished.folder / "transcript.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": artifacts.FORMAT + 1}))
    assert artifacts.load("transcribe", fresh) is None


def test_a_media_file_names_no_file_outside_of_the_folder(fresh: Recording, finished: Recording) -> None:
    artifacts.save("extract", finished)
    path = finished.folder / "media.json"
    outside = {**json.loads(path.read_text()), "speech": "../../source", "size_bytes": 13}
    path.write_text(json.dumps(outside))
    assert artifacts.load("extract", fresh) is None


def test_a_stage_that_returns_nothing_of_its_own_is_a_bug(fresh: Recording) -> None:
    for stage in ("extract", "transcribe", "summarize"):
        with pytest.raises(TypeError, match=stage):
            artifacts.save(stage, fresh)


def test_the_engine_of_each_stage_is_named(finished: Recording) -> None:
    engines = [artifacts.engine_of(stage, finished) for stage in ("extract", "transcribe", "summarize")]
    assert engines == ["ffmpeg", "an engine", "another engine"]


def test_a_long_transcript_is_read_once_until_it_is_replaced(
    fresh: Recording, finished: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "LARGE_BYTES", 1)
    read: list[str] = []
    really = artifacts._read
    monkeypatch.setattr(artifacts, "_read", lambda stage, path: (read.append(stage), really(stage, path))[1])
    artifacts.save("transcribe", finished)
    for _ in range(3):
        loaded = artifacts.load("transcribe", fresh)
        assert loaded
        assert loaded.transcript == TRANSCRIPT
    assert read == ["transcribe"]
    other = replace(TRANSCRIPT, language="en")
    artifacts.save("transcribe", replace(finished, transcript=other))
    again = artifacts.load("transcribe", fresh)
    assert again
    assert again.transcript == other
