"""StreamPieces: the files of saved live streams in the bucket. They grow, so they lie there in pieces.

A piece is called by its file and by where in the file it begins: "live/sound.wav/000000032044". A row lets it
be there only while its writer holds the stream, so of two writers one at most is read.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy.orm import Session

from app.integrations.stored_files import LIVE, StoredFile, StoredFiles
from app.storage.files import Storage, damaged

BLOCK_BYTES = 2**20


class StreamPieces:
    """The pieces of all streams. Connects when that is needed.

    Raises:
        StorageUnavailable: the bucket does not answer.
    """

    def __init__(self, files: StoredFiles, connect: Callable[[], Storage]) -> None:
        self._files = files
        self._connect = connect

    @cached_property
    def _bucket(self) -> Storage:
        return self._connect()

    def of(self, recording: str, file: str) -> list[StoredFile]:
        """Return the pieces of a file, in their order."""
        return self._files.of_stream(recording, f"{file}/")

    def put(self, recording: str, path: Path, begin: int, provided: Callable[[Session], bool]) -> int | None:
        """Put what a file has from `begin` on; return up to where that is. None: not so as provided."""
        with path.open("rb") as file, NamedTemporaryFile(dir=path.parent, suffix=".part") as piece:
            file.seek(begin)
            while block := file.read(BLOCK_BYTES):
                piece.write(block)
            piece.flush()
            if not piece.tell():
                return begin
            place = f"{begin:012d}"
            is_kept = self._put(recording, path, place, Path(piece.name), provided)
            return begin + piece.tell() if is_kept else None

    def add(self, recording: str, path: Path, row: bytes, row_id: str) -> None:
        """Put a row that was added to a file which all processes add to."""
        with NamedTemporaryFile(dir=path.parent, suffix=".part") as piece:
            piece.write(row)
            piece.flush()
            self._put(recording, path, row_id, Path(piece.name), lambda _: True)

    def _put(
        self, recording: str, file: Path, place: str, piece: Path, provided: Callable[[Session], bool]
    ) -> bool:
        name, n_bytes = f"{LIVE}{file.name}/{place}", piece.stat().st_size
        key = self._files.arrive(recording, name, n_bytes, file.stat().st_mtime_ns)
        return self._files.settle(key, self._bucket.put(key, piece).sha256, None, provided)

    def cut(self, recording: str, file: str, n_bytes: int) -> int:
        """Forget what stands after a place of a file; return up to where whole pieces are left."""
        left, over = 0, []
        for piece in self.of(recording, file):
            end = begin_of(piece) + piece.size_bytes
            if end <= n_bytes:
                left = end
            else:
                over.append(piece.name)
        self._files.discard(recording, over)
        return left

    def append(self, path: Path, pieces: list[StoredFile]) -> None:
        """Have in a file all that its pieces hold, of which it has a beginning."""
        with path.open("ab") as file:
            for piece in pieces:
                if begin_of(piece) == file.tell():
                    file.writelines(self.read(piece))
        if pieces:
            os.utime(path, ns=(pieces[-1].mtime_ns, pieces[-1].mtime_ns))

    def read(self, piece: StoredFile) -> Iterator[bytes]:
        """Yield what a piece holds. Raises NotFound where it is not what was put there."""
        checksum = hashlib.sha256()
        with self._bucket.open(piece.object) as body:
            while block := body.read(BLOCK_BYTES):
                checksum.update(block)
                yield block
        if checksum.hexdigest() != piece.sha256:
            raise damaged(piece.object)

    def forget(self, recording: str) -> None:
        """Have all pieces of a stream deleted; what a job of the same name has stays."""
        self._files.discard(recording, [piece.name for piece in self._files.of_stream(recording, "")])


def begin_of(piece: StoredFile) -> int:
    return int(piece.name.rpartition("/")[2])
