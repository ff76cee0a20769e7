"""Storage: the interface to files kept beyond this disk. S3 stands in `s3.py`."""

import hashlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from app.errors import N_, NotFound

PRESIGNED_S = 300  # seconds that a presigned address is good for, at most


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that has arrived. sha256: of what was sent; a server's ETag is not a checksum and not used."""

    key: str
    size_bytes: int
    sha256: str


class Storage(Protocol):
    """Files by key ("results/<job id>/minutes.json"). A file is there whole or not at all."""

    def put(self, key: str, source: Path) -> Stored: ...

    def open(self, key: str) -> BinaryIO: ...

    def read(self, key: str, begin: int, n_bytes: int) -> bytes:
        """Return a part of a file; fewer bytes where it ends before."""
        ...

    def local_path(self, key: str, sha256: str | None = None) -> AbstractContextManager[Path]:
        """Lend a path on this disk; a checksum that is given is checked."""
        ...

    def delete(self, key: str) -> None:
        """Delete what may or may not be there."""
        ...

    def presign(self, key: str, download_name: str) -> str | None:
        """Return an address that a browser can fetch from for PRESIGNED_S; None: serve it yourself."""
        ...


def checked_key(key: str) -> str:
    """Return the key if it names a file inside the storage. Raises ValueError: a key is never user input."""
    path = PurePosixPath(key)
    if not key or path.is_absolute() or ".." in path.parts or "\\" in key or "\0" in key:
        raise ValueError(f"not a storage key: {key!r}")
    return str(path)


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def missing(key: str) -> NotFound:
    return NotFound(N_("The file %(key)s is not in the storage."), key=key)


def damaged(key: str) -> NotFound:
    return NotFound(N_("The file %(key)s in the storage is not the one that was put there."), key=key)
