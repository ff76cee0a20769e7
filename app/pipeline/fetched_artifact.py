"""How the stages `fetch` and `download` are kept: the file that became the source."""

from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from app.pipeline.recording import Recording
from app.pipeline.stage import Artifact


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """source: its name in the recording's folder."""

    source: str
    size_bytes: int


def fetched_artifact(file: str, engine: str) -> Artifact[FetchedFile]:
    return Artifact(file, TypeAdapter(FetchedFile), _dump, _load, lambda _: engine)


def _dump(recording: Recording) -> FetchedFile:
    return FetchedFile(recording.source.name, recording.source.stat().st_size)


def _load(recording: Recording, kept: FetchedFile) -> Recording | None:
    source = recording.folder / Path(kept.source).name
    return replace(recording, source=source) if source.stat().st_size == kept.size_bytes else None
