"""Storage: the interface to where files are kept, and the local folder behind it. S3 stands in `s3.py`."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from app.audio.atomic import atomic_write
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

    def local_path(self, key: str, sha256: str | None = None) -> AbstractContextManager[Path]:
        """Lend a path on this disk; a checksum that is given is checked."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Delete what may or may not be there."""
        ...

    def list(self, prefix: str) -> Iterator[str]: ...

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


class LocalFolder:
    """Storage in a folder of this disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, source: Path) -> Stored:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as part:
            shutil.copyfile(source, part)
        return Stored(key, target.stat().st_size, file_sha256(target))

    def open(self, key: str) -> BinaryIO:
        return self._existing(key).open("rb")

    @contextmanager
    def local_path(self, key: str, sha256: str | None = None) -> Iterator[Path]:
        path = self._existing(key)
        if sha256 is not None and file_sha256(path) != sha256:
            raise damaged(key)
        yield path

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def list(self, prefix: str) -> Iterator[str]:
        for path in sorted(self.root.rglob("*")):
            key = path.relative_to(self.root).as_posix()
            if path.is_file() and key.startswith(prefix) and not key.endswith(".part"):
                yield key

    def presign(self, key: str, download_name: str) -> None:
        return None

    def _path(self, key: str) -> Path:
        return self.root / checked_key(key)

    def _existing(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            raise missing(key)
        return path


def missing(key: str) -> NotFound:
    return NotFound(N_("The file %(key)s is not in the storage."), key=key)


def damaged(key: str) -> NotFound:
    return NotFound(N_("The file %(key)s in the storage is not the one that was put there."), key=key)
