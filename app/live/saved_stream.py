"""A live stream on disk: its sound and its text in a folder, until minutes are made of it."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from app.documents.transcript import Segment, Transcript, Word
from app.documents.well_formed import well_formed_transcript
from app.live.events import End, Final
from app.live.wav_writer import length_s


@dataclass(frozen=True, slots=True)
class _SavedFinal:
    """A final as it stands in the file; engine: what heard it."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    language: str | None
    doubtful: bool
    engine: str


_FINAL = TypeAdapter(_SavedFinal)


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
        return (self.folder / "owner").read_text(encoding="utf-8")

    @property
    def ended(self) -> bool:
        """Tell whether all of its sound is in its text."""
        return any(line["type"] == End.type for line in self.lines())

    def duration_s(self) -> float:
        return length_s(self.sound)

    def transcript(self) -> Transcript:
        """Return the text so far. engine: all that heard it, with commas; "" where nothing was heard."""
        finals = list(self._finals())
        engines = dict.fromkeys(final.engine for final in finals)
        letters: Counter[str | None] = Counter()
        for final in finals:
            letters[final.language] += len(final.text)
        language = max(letters, key=letters.__getitem__) if letters else None
        segments = tuple(
            Segment(final.start, final.end, final.text, None, final.words, final.doubtful) for final in finals
        )
        last = max((segment.end for segment in segments), default=0.0)
        heard = Transcript(segments, language, ", ".join(engines), max(self.duration_s(), last))
        return well_formed_transcript(heard)

    def _finals(self) -> Iterator[_SavedFinal]:
        for line in self.lines():
            if line["type"] == Final.type:
                with suppress(ValueError):
                    yield _FINAL.validate_python(line)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the events of the text; a line that a kill has cut is left out."""
        with suppress(FileNotFoundError), self.text.open(encoding="utf-8") as file:
            for line in file:
                with suppress(ValueError):
                    event = json.loads(line)
                    if isinstance(event, dict) and "type" in event:
                        yield event
