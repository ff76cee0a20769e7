"""How the stage `clean` is kept as JSON."""

from dataclasses import asdict, replace
from typing import Any

from app.audio.levels import Levels, Survey
from app.pipeline.clean import FLAC, MP3, ORIGINAL_MP3
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import Recording


def dump_clean(recording: Recording) -> dict[str, Any]:
    cleaned = recording.cleaned
    if isinstance(cleaned, NotCleaned):
        return {"not_cleaned": asdict(cleaned)}
    if cleaned is None or recording.speech is None:
        raise TypeError("clean must return what it did")
    return {
        "engine": cleaned.engine,
        "speech": recording.speech.name,
        "size_bytes": recording.speech.stat().st_size,
        "before": asdict(cleaned.before),
        "after": asdict(cleaned.after),
    }


def load_clean(recording: Recording, data: dict[str, Any]) -> Recording | None:
    if "not_cleaned" in data:
        return replace(recording, cleaned=NotCleaned(**data["not_cleaned"]))
    folder = recording.folder
    speech = folder / str(data["speech"]).rpartition("/")[2]
    if speech.stat().st_size != data["size_bytes"]:
        return None
    before, after = _survey(data["before"]), _survey(data["after"])
    made = Cleaned(data["engine"], folder / FLAC, folder / MP3, folder / ORIGINAL_MP3, before, after)
    return replace(recording, speech=speech, cleaned=made)


def cleaned_by(recording: Recording) -> str:
    """Return the engine's name; "" where nothing was cleaned."""
    return recording.cleaned.engine if isinstance(recording.cleaned, Cleaned) else ""


def _survey(data: dict[str, Any]) -> Survey:
    return Survey(Levels(**data["levels"]), tuple(data["peaks"]))
