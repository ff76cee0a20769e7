"""How the stages `repair` and `clean` are kept as JSON."""

from dataclasses import asdict, replace
from typing import Any

from app.audio.levels import Levels, Survey
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import Recording
from app.pipeline.separating import CLEANED, ORIGINAL_MP3, REPAIRED, Names


def dump_repair(recording: Recording) -> dict[str, Any]:
    return _dump(recording, recording.repaired)


def load_repair(recording: Recording, data: dict[str, Any]) -> Recording | None:
    repaired = _load(recording, data, REPAIRED)
    if isinstance(repaired, Cleaned):
        recording = replace(recording, speech=recording.folder / REPAIRED.speech)
    return replace(recording, repaired=repaired) if repaired else None


def repaired_by(recording: Recording) -> str:
    """Return the engine's name; "" where nothing was repaired."""
    return recording.repaired.engine if isinstance(recording.repaired, Cleaned) else ""


def dump_clean(recording: Recording) -> dict[str, Any]:
    return _dump(recording, recording.cleaned)


def load_clean(recording: Recording, data: dict[str, Any]) -> Recording | None:
    cleaned = _load(recording, data, CLEANED)
    if isinstance(cleaned, Cleaned):
        recording = replace(recording, speech=recording.folder / CLEANED.speech)
    return replace(recording, cleaned=cleaned) if cleaned else None


def cleaned_by(recording: Recording) -> str:
    """Return the engine's name; "" where nothing was cleaned."""
    return recording.cleaned.engine if isinstance(recording.cleaned, Cleaned) else ""


def _dump(recording: Recording, made: Cleaned | NotCleaned | None) -> dict[str, Any]:
    if isinstance(made, NotCleaned):
        return {"not_cleaned": asdict(made)}
    if made is None or recording.speech is None:
        raise TypeError("the stage must return what it did")
    return {
        "engine": made.engine,
        "speech": recording.speech.name,
        "size_bytes": recording.speech.stat().st_size,
        "before": asdict(made.before),
        "after": asdict(made.after),
    }


def _load(recording: Recording, data: dict[str, Any], names: Names) -> Cleaned | NotCleaned | None:
    if "not_cleaned" in data:
        return NotCleaned(**data["not_cleaned"])
    folder, before = recording.folder, recording.repaired
    if (folder / names.speech).stat().st_size != data["size_bytes"]:
        return None
    original = before.mp3 if isinstance(before, Cleaned) else folder / ORIGINAL_MP3
    surveys = _survey(data["before"]), _survey(data["after"])
    return Cleaned(data["engine"], folder / names.flac, folder / names.mp3, original, *surveys)


def _survey(data: dict[str, Any]) -> Survey:
    return Survey(Levels(**data["levels"]), tuple(data["peaks"]))
