"""What stages leave in `Recording.folder`, so that a killed job goes on after its last finished stage."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app.audio.atomic import atomic_write
from app.audio.media import Media
from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.pipeline.batch.progress import BatchProgress
from app.pipeline.recording import Recording
from app.pipeline.sound_artifact import (
    cleaned_by,
    dump_clean,
    dump_repair,
    load_clean,
    load_repair,
    repaired_by,
)
from app.pipeline.vector_artifact import dump_vector, embedded_by, load_vector
from app.storage.files import Stored

FORMAT = 1  # a file of another format is not read: its stage runs again


@dataclass(frozen=True, slots=True)
class Artifact:
    """How a stage's result is kept as JSON, and which engine made it; `engine` is for people."""

    file: str
    dump: Callable[[Recording], dict[str, Any]]
    load: Callable[[Recording, dict[str, Any]], Recording | None]
    engine: Callable[[Recording], str]


def save(stage: str, recording: Recording) -> None:
    """Write the stage's artifact so that it is there whole or not at all, also after a power cut."""
    artifact = ARTIFACTS[stage]
    data = {"format": FORMAT, **artifact.dump(recording)}
    with atomic_write(recording.folder / artifact.file) as part:
        part.write_text(json.dumps(data, indent=1), encoding="ascii")


def load(stage: str, recording: Recording) -> Recording | None:
    """Return `recording` with what the stage has found, or None where it must run (again)."""
    artifact = ARTIFACTS[stage]
    try:
        data = json.loads((recording.folder / artifact.file).read_bytes())
        return artifact.load(recording, data) if data.pop("format") == FORMAT else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None  # missing or spoilt


def load_all(stages: Iterable[str], recording: Recording) -> Recording:
    """Return `recording` with what every finished one of the stages has found."""
    for stage in stages:
        recording = load(stage, recording) or recording
    return recording


def engine_of(stage: str, recording: Recording) -> str:
    """Return the name of the engine that did a finished stage."""
    return ARTIFACTS[stage].engine(recording)


def _dump_extract(recording: Recording) -> dict[str, Any]:
    if recording.media is None or recording.speech is None:
        raise TypeError("extract must return media and speech")
    size = recording.speech.stat().st_size
    return {"media": asdict(recording.media), "speech": recording.speech.name, "size_bytes": size}


def _load_extract(recording: Recording, data: dict[str, Any]) -> Recording | None:
    speech = recording.folder / Path(data["speech"]).name
    if speech.stat().st_size != data["size_bytes"]:
        return None
    return replace(recording, media=Media(**data["media"]), speech=speech)


def _dump_transcript(recording: Recording) -> dict[str, Any]:
    if recording.transcript is None:
        raise TypeError("transcribe must return a transcript")
    return recording.transcript.to_dict()


def _dump_minutes(recording: Recording) -> dict[str, Any]:
    if recording.minutes is None:
        raise TypeError("summarize must return minutes")
    return recording.minutes.to_dict()


def _dump_fetch(recording: Recording) -> dict[str, Any]:
    return {"source": recording.source.name, "size_bytes": recording.source.stat().st_size}


def _load_fetch(recording: Recording, data: dict[str, Any]) -> Recording | None:
    source = recording.folder / Path(data["source"]).name
    return replace(recording, source=source) if source.stat().st_size == data["size_bytes"] else None


def _dump_store(recording: Recording) -> dict[str, Any]:
    return {"stored": asdict(recording.stored) if recording.stored else None}


def _load_store(recording: Recording, data: dict[str, Any]) -> Recording:
    return replace(recording, stored=Stored(**data["stored"]) if data["stored"] else None)


def _dump_list(recording: Recording) -> dict[str, Any]:
    if recording.listed is None:
        raise TypeError("vectorize_list must return how it came out")
    return {"listed": asdict(recording.listed)}


ARTIFACTS = {
    "fetch": Artifact("fetch.json", _dump_fetch, _load_fetch, lambda _: "S3"),
    "download": Artifact("download.json", _dump_fetch, _load_fetch, lambda _: "HTTP"),
    "store": Artifact("store.json", _dump_store, _load_store, lambda _: "S3"),
    "extract": Artifact("media.json", _dump_extract, _load_extract, lambda _: "ffmpeg"),
    "repair": Artifact("repair.json", dump_repair, load_repair, repaired_by),
    "clean": Artifact("clean.json", dump_clean, load_clean, cleaned_by),
    "transcribe": Artifact(
        "transcript.json",
        _dump_transcript,
        lambda recording, data: replace(recording, transcript=Transcript.from_dict(data)),
        lambda recording: recording.transcript.engine if recording.transcript else "",
    ),
    "summarize": Artifact(
        "minutes.json",
        _dump_minutes,
        lambda recording, data: replace(recording, minutes=Minutes.from_dict(data)),
        lambda recording: recording.minutes.engine if recording.minutes else "",
    ),
    "vectorize_list": Artifact(
        "list.json",
        _dump_list,
        lambda recording, data: replace(recording, listed=BatchProgress(**data["listed"])),
        lambda _: "",
    ),
    "vectorize": Artifact("vector.json", dump_vector, load_vector, embedded_by),
}
