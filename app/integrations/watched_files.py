"""The files of a watched folder: which are recordings, and which have stopped growing."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.documents.sanitize import encodable

DONE, FAILED = "done", "failed"

# Cameras, recorders, phones and calls write these. What else lies there, as a call's chat, is left alone.
_KINDS = """
    3g2 3ga 3gp aac ac3 aif aifc aiff amr ape asf au avi caf dss dts flac flv m2ts m4a m4b m4v mka mkv mov
    mp2 mp3 mp4 mpeg mpg mts mxf oga ogg ogv opus ra rm rmvb spx ts vob voc w64 wav webm wma wmv wv
"""
SUFFIXES = frozenset(f".{kind}" for kind in _KINDS.split())


@dataclass(frozen=True, slots=True)
class WatchedFile:
    """A file as it was looked at. place: its path within the folder; changed_ns: since the epoch."""

    path: Path
    place: Path
    size_bytes: int
    changed_ns: int

    @property
    def job_id(self) -> str:
        """Return the id of the one job of this file as it is: another content is another job."""
        known_by = f"{self.place.as_posix()}\0{self.size_bytes}\0{self.changed_ns}"
        return hashlib.sha256(known_by.encode("utf-8", "surrogateescape")).hexdigest()[:32]

    @property
    def name(self) -> str:
        """Return what the recording is called, fit for the database and for people."""
        return encodable(self.place.name)

    def is_unchanged(self) -> bool:
        """Say whether the file is still as it was looked at."""
        try:
            return _looked_at(self.path, self.place) == self
        except OSError:
            return False


def recordings(folder: Path) -> Iterator[WatchedFile]:
    """Yield the recordings in a folder and those below it, but for `done`, `failed` and hidden ones.

    Links are left alone: who may put a file there could have others read by them.
    """
    for at, folders, names in os.walk(folder):
        here = Path(at)
        own = (DONE, FAILED) if here == folder else ()
        folders[:] = [name for name in folders if name not in own and not name.startswith(".")]
        for name in names:
            path = here / name
            if path.suffix.lower() in SUFFIXES and not name.startswith("."):
                with suppress(OSError):  # it goes away at this moment
                    if seen := _looked_at(path, path.relative_to(folder)):
                        yield seen


def _looked_at(path: Path, place: Path) -> WatchedFile | None:
    """Return the file as it is; None: it is none, or has nothing in it yet."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_size == 0:
        return None
    return WatchedFile(path, place, found.st_size, found.st_mtime_ns)


class Settled:
    """Tells which files have not changed for a while."""

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._since: dict[WatchedFile, float] = {}

    def of(self, files: list[WatchedFile], now_s: float) -> list[WatchedFile]:
        """Return those that have not changed for long enough, the oldest first; now_s: of a steady clock."""
        self._since = {file: self._since.get(file, now_s) for file in files}
        whole = [file for file, since in self._since.items() if now_s - since >= self._settle_s]
        return sorted(whole, key=lambda file: (file.changed_ns, file.place))
