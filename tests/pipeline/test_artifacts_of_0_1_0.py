"""Result folders that version 0.1.0 left behind open, and what stood in them is written today."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.audio.levels import Levels, Survey
from app.audio.media import Media
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Segment, Transcript, Word
from app.pipeline import INFOS, artifacts
from app.pipeline.batch.progress import BatchProgress
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import Recording
from app.storage.files import Stored

FILES: dict[str, dict[str, Any]] = {
    "fetch.json": {"format": 1, "source": "fetched", "size_bytes": 13},
    "download.json": {"format": 1, "source": "fetched", "size_bytes": 13},
    "media.json": {
        "format": 1,
        "media": {
            "duration_s": 61.25,
            "container": "matroska",
            "audio_codec": "opus",
            "sample_rate_hz": 48000,
            "channels": 2,
            "video_codec": "vp9",
            "width": 1280,
            "height": 720,
            "audio_stream": 0,
        },
        "speech": "speech.wav",
        "size_bytes": 14,
    },
    "repair.json": {
        "format": 1,
        "not_cleaned": {"message": "Fetch %(name)s of %(n)d MB.", "params": {"name": "weights", "n": 80}},
    },
    "clean.json": {
        "format": 1,
        "engine": "demucs",
        "speech": "cleaned.wav",
        "size_bytes": 13,
        "before": {"levels": {"noise_db": -60.0, "speech_db": -20.0}, "peaks": [0.0, 0.5, 1.0]},
        "after": {"levels": {"noise_db": -70.0, "speech_db": -20.0}, "peaks": [0.0, 0.5, 1.0]},
    },
    "store.json": {
        "format": 1,
        "stored": {"key": "calls/a_cleaned.mp3", "size_bytes": 7, "sha256": "0" * 64},
    },
    "transcript.json": {
        "format": 1,
        "segments": [
            {
                "start": 0.5,
                "end": 2.0,
                "text": "Привет",
                "speaker": None,
                "words": [{"start": 0.5, "end": 1.0, "text": "Привет", "probability": 0.75}],
                "doubtful": True,
            },
            {"start": 2.0, "end": 3.0, "text": "Всё.", "speaker": None, "words": [], "doubtful": False},
        ],
        "language": "ru",
        "engine": "an engine",
        "duration_s": 61.25,
    },
    "minutes.json": {
        "format": 1,
        "language": "ru",
        "engine": "another engine",
        "topics": [{"title": "Смета", "start": 0.5, "points": [{"text": "Смета готова", "start": 0.5}]}],
        "decisions": [{"text": "Принять", "start": 1.0}],
        "action_items": [{"text": "Прислать смету", "start": 2.0, "who": "Анна", "by_when": "до пятницы"}],
        "dropped": 1,
    },
    "vector.json": {
        "format": 1,
        "engine": "an engine",
        "pooling": "pca",
        "dimension": 3,
        "vector": [0.5, -1.0, 0.0],
    },
    "list.json": {"format": 1, "listed": {"total": 3, "done": 2, "failed": 1, "skipped": 0}},
}


STAGES = [name for name, info in INFOS.items() if info.artifact.file in FILES]


@pytest.fixture
def old(tmp_path: Path) -> Recording:
    folder = tmp_path / "a job"
    folder.mkdir()
    sounds = {"fetched": b"what was sent", "speech.wav": b"RIFF and so on", "cleaned.wav": b"RIFF, cleaned"}
    for name, data in sounds.items():
        (folder / name).write_bytes(data)
    for name, written in FILES.items():
        (folder / name).write_text(json.dumps(written, indent=1), encoding="ascii")
    return Recording("a name", tmp_path / "an order", folder)


def test_every_stage_of_an_old_folder_is_read(old: Recording) -> None:
    read = artifacts.load_all(STAGES, old)
    folder, survey = old.folder, Survey(Levels(-60.0, -20.0), (0.0, 0.5, 1.0))
    assert (read.source, read.speech) == (folder / "fetched", folder / "cleaned.wav")
    assert read.media == Media(61.25, "matroska", "opus", 48000, 2, "vp9", 1280, 720)
    assert read.repaired == NotCleaned("Fetch %(name)s of %(n)d MB.", {"name": "weights", "n": 80})
    assert read.cleaned == Cleaned(
        "demucs",
        folder / "cleaned.flac",
        folder / "cleaned.mp3",
        folder / "original.mp3",
        survey,
        Survey(Levels(-70.0, -20.0), (0.0, 0.5, 1.0)),
    )
    assert read.stored == Stored("calls/a_cleaned.mp3", 7, "0" * 64)
    word = Word(0.5, 1.0, "Привет", 0.75)
    segments = (Segment(0.5, 2.0, "Привет", None, (word,), True), Segment(2.0, 3.0, "Всё."))
    assert read.transcript == Transcript(segments, "ru", "an engine", 61.25)
    assert read.minutes == Minutes(
        "ru",
        "another engine",
        (Topic("Смета", 0.5, (Point("Смета готова", 0.5),)),),
        (Point("Принять", 1.0),),
        (ActionItem("Прислать смету", 2.0, "Анна", "до пятницы"),),
        1,
    )
    assert read.listed == BatchProgress(3, 2, 1, 0)
    assert read.embedding is not None
    assert np.array_equal(read.embedding.vector, np.array([0.5, -1, 0], np.float32))
    assert (read.embedding.engine, read.embedding.pooling) == ("an engine", "pca")


@pytest.mark.parametrize("stage", STAGES)
def test_what_stood_in_a_file_stands_there_today(old: Recording, stage: str) -> None:
    read = artifacts.load(stage, old)
    assert read is not None
    path = old.folder / INFOS[stage].artifact.file
    path.unlink()
    artifacts.save(stage, read)
    assert _of_before(json.loads(path.read_text("ascii")), FILES[path.name]) == FILES[path.name]


def _of_before(today: Any, before: Any) -> Any:
    """Return what is written today without the fields that have come since."""
    if isinstance(before, dict):
        return {key: _of_before(today[key], before[key]) for key in before}
    if isinstance(before, list):
        assert len(today) == len(before)
        return [_of_before(*pair) for pair in zip(today, before, strict=True)]
    return today


@pytest.mark.parametrize(
    ("file", "field", "wrong"),
    [
        ("media.json", "media", {"duration_s": "long"}),
        ("media.json", "size_bytes", None),
        ("transcript.json", "segments", [{"start": 0.0, "end": "soon", "text": "a", "words": []}]),
        ("minutes.json", "topics", [{"title": 3, "start": 0.5, "points": []}]),
        ("clean.json", "before", {"levels": {}, "peaks": []}),
        ("vector.json", "vector", [0.5, float("nan"), 0.0]),
        ("vector.json", "dimension", 4),
    ],
)
def test_values_of_the_wrong_kind_are_not_believed(
    old: Recording, file: str, field: str, wrong: object
) -> None:
    [stage] = [name for name, info in INFOS.items() if info.artifact.file == file]
    (old.folder / file).write_text(json.dumps({**FILES[file], field: wrong}))
    assert artifacts.load(stage, old) is None
