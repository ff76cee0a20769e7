"""TranscriptCheckpoint: what is heard of a recording so far, in a file. A kill costs the last windows only.

Its first line says of what it is: the sound, the engine, the language. Each line more is what was heard since
the one before it.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter

from app.audio.atomic import atomic_write
from app.engines.base import Heard

FORMAT = 1
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

    def resume(self, engine: str) -> Heard:
        head = self._head(engine)
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

    def _head(self, engine: str) -> bytes:
        sound = self._speech.stat()
        what = [self._speech.name, sound.st_size, sound.st_mtime_ns, engine, self._language]
        return json.dumps({"format": FORMAT, "of": what}).encode()
