"""The stage that puts the cleaned sound of a request into the bucket, beside what it was made of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pydantic import TypeAdapter

from app.audio.encode import ENCODERS, encode
from app.engines.registry import Engines
from app.pipeline.cleaned import Cleaned
from app.pipeline.recording import Recording
from app.pipeline.stage import Artifact, Stage, StageInfo
from app.progress import Progress
from app.storage.files import Storage, Stored


def cleaned_key(file_key: str) -> str:
    """Name the cleaned file: calls/a.mp3 → calls/a_cleaned.mp3; what is no kind of sound becomes FLAC."""
    path = PurePosixPath(file_key)
    kind = path.suffix.lower().removeprefix(".")
    return str(path.with_name(f"{path.stem}_cleaned.{kind if kind in ENCODERS else 'flac'}"))


def store_in(connect: Callable[[], Storage]) -> Stage:
    """Make the stage `store` for a bucket. Where nothing was cleaned, it has nothing to do."""

    def store(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        """Put the cleaned sound into the bucket in the form of the original."""
        assert recording.clean_request is not None, "only what was asked for is stored"
        assert recording.media is not None, "extract runs before store"
        cleaned = recording.cleaned
        if not isinstance(cleaned, Cleaned):
            return recording
        key = cleaned_key(recording.clean_request.file_key)
        kind = key.rpartition(".")[2]
        file = recording.folder / f"cleaned.{kind}"
        if not file.is_file():
            encode(
                cleaned.flac, file, kind, recording.media.duration_s or 0.0, lambda done: progress(done / 2)
            )
        stored = connect().put(key, file)
        progress(1.0)
        return replace(recording, stored=stored)

    return store


@dataclass(frozen=True, slots=True)
class StoreFile:
    """How the stage is kept. stored: None where there was nothing to store."""

    stored: Stored | None


INFO = StageInfo(
    "store",
    Artifact(
        "store.json",
        TypeAdapter(StoreFile),
        lambda recording: StoreFile(recording.stored),
        lambda recording, kept: replace(recording, stored=kept.stored),
        lambda _: "S3",
    ),
)
