"""What stages leave in `Recording.folder`, so that a killed job goes on after its last finished stage."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.audio.atomic import atomic_write
from app.pipeline.checkpoint import checkpoints
from app.pipeline.recording import Recording
from app.pipeline.stages import INFOS

LARGE_BYTES = 2**20
FORMAT = 1  # a file of another format is not read: its stage runs again


def save(stage: str, recording: Recording) -> None:
    """Write the stage's artifact so that it is there whole or not at all, also after a power cut."""
    artifact = INFOS[stage].artifact
    data = {"format": FORMAT, **artifact.form.dump_python(artifact.dump(recording), mode="json")}
    with atomic_write(recording.folder / artifact.file) as part:
        part.write_text(json.dumps(data, indent=1), encoding="ascii")
    for checkpoint in checkpoints(recording.folder, stage):
        checkpoint.unlink(missing_ok=True)


def load(stage: str, recording: Recording) -> Recording | None:
    """Return `recording` with what the stage has found, or None where it must run (again)."""
    artifact = INFOS[stage].artifact
    path = recording.folder / artifact.file
    try:
        found = path.stat()
        if found.st_size < LARGE_BYTES:
            kept = _read(stage, path)
        else:
            kept = _read_large(stage, path, (found.st_ino, found.st_mtime_ns, found.st_size))
        return artifact.load(recording, kept)
    except (OSError, ValueError):  # missing or spoilt
        return None


def _read(stage: str, path: Path) -> Any:
    """Return the record of a stage. Raises OSError, or ValueError where the file is not one of ours."""
    data = json.loads(path.read_bytes())
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"{path} has another format")
    return INFOS[stage].artifact.form.validate_python(data)


@lru_cache(maxsize=2)  # the words of three hours take half a second to read, and 20 MB
def _read_large(stage: str, path: Path, _stamp: tuple[int, int, int]) -> Any:
    """Read a long recording's transcript once for its page, its words and each correction of it.

    A file is never changed but replaced, so its stamp tells whether it is still the same.
    """
    return _read(stage, path)


def is_large(folder: Path) -> bool:
    """Tell whether what the stages have left in a folder takes long to read."""
    return any(_size_bytes(folder / info.artifact.file) >= LARGE_BYTES for info in INFOS.values())


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def set_aside(stage: str, recording: Recording) -> Iterator[None]:
    """Take the stage's artifact away, so that it runs again; where the block raises, it comes back."""
    path = recording.folder / INFOS[stage].artifact.file
    aside = path.with_name(f"{path.name}.part")
    with suppress(FileNotFoundError):
        path.replace(aside)
    try:
        yield
    except BaseException:
        if aside.exists():
            aside.replace(path)
        raise
    aside.unlink(missing_ok=True)


def load_all(stages: Iterable[str], recording: Recording) -> Recording:
    """Return `recording` with what all finished stages have found."""
    for stage in stages:
        recording = load(stage, recording) or recording
    return recording


def engine_of(stage: str, recording: Recording) -> str:
    """Return the name of the engine that did a finished stage."""
    return INFOS[stage].artifact.engine(recording)
