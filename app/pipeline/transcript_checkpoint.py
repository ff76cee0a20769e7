"""TranscriptCheckpoint: what is heard of a recording so far, in a file. A kill costs the last windows only.

Its first line says of what it is: the sound, the language, and what heard it, with all that decides the text.
Each line more is what was heard since the one before it. The recording's page shows the latest of them.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from app.audio.atomic import atomic_write
from app.documents.transcript import Segment
from app.engines.base import Heard

FORMAT = 2
CHECKPOINT = "transcript.jsonl.part"  # in the folder of the recording
TAIL_BYTES = (
    96_000  # of the file that the page reads: a line, a window or a few with their words, has 10 to 30 KB
)
_HEARD = TypeAdapter(Heard)


class TranscriptCheckpoint:
    """A `Checkpoint` in a file.

    Args:
        speech: the sound that is heard. Where it is made anew, nothing of the old one is used.
        kept: called when something more is safe.
    """

    def __init__(self, path: Path, speech: Path, language: str, kept: Callable[[], None]) -> None:
        self._path = path
        self._speech = speech
        self._language = language
        self._kept = kept

    def resume(self, by: str) -> Heard:
        head = self._head(by)
        parts: list[Heard] = []
        lines = self._path.read_bytes().splitlines() if self._path.exists() else []
        if lines and lines[0] == head:
            for line in lines[1:]:
                try:
                    parts.append(_HEARD.validate_json(line))
                except ValueError:  # the kill came while it was written
                    break
        with atomic_write(self._path) as part:
            part.write_bytes(b"".join(line + b"\n" for line in (head, *map(_HEARD.dump_json, parts))))
        if not parts:
            return Heard()
        segments = tuple(segment for heard in parts for segment in heard.segments)
        return Heard(parts[-1].until_s, segments, parts[-1].chances, parts[-1].spoken_s)

    def add(self, part: Heard) -> None:
        with self._path.open("ab") as file:
            file.write(_HEARD.dump_json(part) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._kept()

    def _head(self, by: str) -> bytes:
        sound = self._speech.stat()
        what = [self._speech.name, sound.st_size, sound.st_mtime_ns, by, self._language]
        return json.dumps({"format": FORMAT, "of": what}).encode()


@dataclass(frozen=True, slots=True)
class HeardSoFar:
    """The latest that is heard of a recording, in order; language: what most of it is in."""

    segments: tuple[Segment, ...] = ()
    language: str | None = None


def heard_so_far(folder: Path, most: int) -> HeardSoFar:
    """Read the latest segments of a transcription that goes on; it costs the same however long that is."""
    try:
        with (folder / CHECKPOINT).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            lines = file.read().splitlines(keepends=True)[1:]  # the head, or the rest of a line
    except FileNotFoundError:
        return HeardSoFar()
    parts: list[Heard] = []
    for line in lines:
        if line.endswith(b"\n"):  # else it is being written
            with suppress(ValueError):
                parts.append(_HEARD.validate_json(line))
    segments = sorted((part for heard in parts for part in heard.segments), key=lambda part: part.start)
    spoken_s = parts[-1].spoken_s if parts else {}
    return HeardSoFar(tuple(segments[-most:]), max(spoken_s, key=spoken_s.__getitem__, default=None))
