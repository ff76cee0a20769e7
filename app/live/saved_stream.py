"""A live stream on disk: its sound and its text in a folder, until minutes are made of it."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.documents.transcript import Segment, Transcript, Word
from app.live.events import End, Final
from app.live.wav_writer import length_s


@dataclass(frozen=True, slots=True)
class SavedStream:
    """A saved stream. recording: its id, then that of its job; written_at: seconds since the epoch."""

    recording: str
    folder: Path

    @property
    def sound(self) -> Path:
        return self.folder / "sound.wav"

    @property
    def text(self) -> Path:
        """Events that are to last, one JSON object a line."""
        return self.folder / "text.jsonl"

    @property
    def written_at(self) -> float:
        return self.sound.stat().st_mtime

    @property
    def owner(self) -> str:
        return (self.folder / "owner").read_text(encoding="ascii")

    @property
    def ended(self) -> bool:
        """Tell whether all of its sound is in its text."""
        return any(line["type"] == End.type for line in self.lines())

    def duration_s(self) -> float:
        return length_s(self.sound)

    def transcript(self) -> Transcript:
        """Return the text so far. engine: all that heard it, with commas; "" where nothing was heard."""
        finals = [line for line in self.lines() if line["type"] == Final.type]
        engines = dict.fromkeys(line["engine"] for line in finals)
        letters: Counter[str | None] = Counter()
        for line in finals:
            letters[line["language"]] += len(line["text"])
        language = max(letters, key=letters.__getitem__) if letters else None
        segments = tuple(_segment(line) for line in finals)
        last = max((segment.end for segment in segments), default=0.0)
        return Transcript(segments, language, ", ".join(engines), max(last, self.duration_s()))

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the events of the text; a line that a kill has cut is left out."""
        with suppress(FileNotFoundError), self.text.open(encoding="utf-8") as file:
            for line in file:
                with suppress(ValueError):
                    yield json.loads(line)


def _segment(line: dict[str, Any]) -> Segment:
    words = tuple(Word(**word) for word in line["words"])
    return Segment(line["start"], line["end"], line["text"], None, words, line["doubtful"])
