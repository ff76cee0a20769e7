"""StreamCopies: saved live streams of other machines, as far as this process reads them."""

import json
import os
import threading
import uuid
from pathlib import Path
from typing import Any

from app.integrations.stored_files import StoredFile
from app.integrations.stream_pieces import StreamPieces
from app.live.saved_stream import SavedStream, rows_of

PREFIX = "copy-"  # in the folder of uploads in flight, where the janitor takes them away


class StreamCopies:
    """Copies in folders that only this process has, brought up to date when they are asked for."""

    def __init__(self, pieces: StreamPieces) -> None:
        self._pieces = pieces
        self._me = uuid.uuid4().hex[:8]
        self._fetched: dict[Path, int] = {}  # bytes of sound that a copy has, not only room for
        self._lock = threading.Lock()

    def bring(self, folder: Path, recording: str, owner: str, holder: str, whole: bool) -> SavedStream:
        """Return a copy as the stream is now under its holder; whole: with its sound, not only its length."""
        copy = SavedStream(recording, folder / f"{PREFIX}{recording}-{holder[:8]}-{self._me}")
        with self._lock:
            copy.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (copy.folder / "owner").write_text(owner, encoding="utf-8")
            (copy.folder / "holder").write_text(holder, encoding="ascii")
            self._bring_text(copy)
            self._bring_sound(copy, whole)
            self.bring_corrections(copy)
        return copy

    def bring_corrections(self, saved: SavedStream) -> None:
        """Add what people have corrected at other processes."""
        pieces = self._pieces.of(saved.recording, saved.corrections.name)
        if not pieces:
            return
        known = {row.get("id") for row in rows_of(saved.corrections)}
        with saved.corrections.open("a", encoding="utf-8") as file:
            for piece in pieces:
                for row in self._rows(piece):
                    if row.get("id") not in known:
                        known.add(row.get("id"))
                        file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def put_correction(self, saved: SavedStream) -> None:
        """Let other processes have what was corrected here last."""
        *_, row = rows_of(saved.corrections)
        self._pieces.add(saved.recording, saved.corrections, json.dumps(row).encode(), row["id"])

    def _rows(self, piece: StoredFile) -> list[dict[str, Any]]:
        lines = b"".join(self._pieces.read(piece)).decode(errors="replace").splitlines()
        return [row for line in lines if isinstance(row := json.loads(line), dict)]

    def _bring_text(self, copy: SavedStream) -> None:
        pieces = self._pieces.of(copy.recording, copy.text.name)
        here = copy.text.stat().st_size if copy.text.exists() else 0
        if here > sum(piece.size_bytes for piece in pieces):  # it was cut, and goes on otherwise
            copy.text.unlink()
        self._pieces.append(copy.text, pieces)

    def _bring_sound(self, copy: SavedStream, whole: bool) -> None:
        pieces = self._pieces.of(copy.recording, copy.sound.name)
        n_bytes = sum(piece.size_bytes for piece in pieces)
        have = min(self._fetched.get(copy.folder, 0), n_bytes)
        copy.sound.touch(mode=0o600)
        os.truncate(copy.sound, have if whole else n_bytes)
        if whole:
            self._pieces.append(copy.sound, pieces)
            self._fetched[copy.folder] = copy.sound.stat().st_size
        elif pieces:
            os.utime(copy.sound, ns=(pieces[-1].mtime_ns, pieces[-1].mtime_ns))
