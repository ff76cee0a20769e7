"""A live stream on disk: its sound and its text in a folder, until minutes are made of it."""

import json
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from app.documents.corrections import Line, corrected, lines_of, with_changes
from app.documents.transcript import Segment, Transcript, Word
from app.documents.well_formed import well_formed_transcript
from app.errors import N_, StorageFull
from app.live.events import End, Final
from app.live.wav_writer import length_s

MAX_CORRECTIONS_BYTES = 8 * 2**20
FULL = N_("This conversation has been corrected too often. Make minutes of it, and go on there.")


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
    speaker: str | None = None


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
        wanted = rows_of(self.text, having=f'"{End.type}"')
        return any(row.get("type") == End.type for row in wanted)

    @property
    def n_speakers(self) -> int:
        """How many voices were told apart; 0: nobody asked for that."""
        return len({final.speaker for final in self._finals() if final.speaker})

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
            Segment(final.start, final.end, final.text, final.speaker, final.words, final.doubtful)
            for final in finals
        )
        last = max((segment.end for segment in segments), default=0.0)
        heard = Transcript(segments, language, ", ".join(engines), max(self.duration_s(), last))
        return well_formed_transcript(self._corrected(heard))

    @property
    def is_corrected(self) -> bool:
        return self.corrections.exists()

    def correct(self, start: float, text: str) -> None:
        """Say the line that begins at `start` (s, as its final says) otherwise; "" takes it away.

        Raises StorageFull where that was done very often.
        """
        change = {"id": uuid.uuid4().hex, "at": time.time(), "start": start, "text": text}
        row = json.dumps(change, ensure_ascii=False) + "\n"
        path = self.corrections
        if path.exists() and path.stat().st_size + len(row.encode()) > MAX_CORRECTIONS_BYTES:
            raise StorageFull(FULL)
        with path.open("a", encoding="utf-8") as file:
            file.write(row)

    @property
    def corrections(self) -> Path:
        """What people have corrected, one JSON object a line, with its id."""
        return self.folder / "corrections.jsonl"

    def _corrected(self, heard: Transcript) -> Transcript:
        """Put in what people have corrected meanwhile; what was heard anew at another time stays."""
        if not self.is_corrected:
            return heard
        lines = lines_of(heard)
        at = {round(line.start, 2): key for key, line in lines.items()}
        changes: dict[int, Line | None] = {}
        for row in sorted(rows_of(self.corrections), key=lambda row: row.get("at", 0.0)):
            key = at.get(round(row.get("start", -1.0), 2))
            if key is not None:
                text = str(row.get("text", "")).strip()
                changes[key] = replace(lines[key], text=text, doubtful=False) if text else None
        return corrected(heard, with_changes(lines, changes))

    def _finals(self) -> Iterator[_SavedFinal]:
        for line in self.lines():
            if line["type"] == Final.type:
                with suppress(ValueError):
                    yield _FINAL.validate_python(line)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the events of the text."""
        return (row for row in rows_of(self.text) if "type" in row)


def rows_of(path: Path, having: str = "") -> Iterator[dict[str, Any]]:
    """Yield the objects of a file with one a line; a line that a kill has cut is left out.

    having: what stands in the lines that are read at all.
    """
    with suppress(FileNotFoundError), path.open(encoding="utf-8") as file:
        for line in file:
            if having not in line:
                continue
            with suppress(ValueError):
                row = json.loads(line)
                if isinstance(row, dict):
                    yield row
