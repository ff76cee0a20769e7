"""Tell whether a file is the one that was published."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from app.engines.weights.sources import WeightFile

BLOB_DIGITS = 40  # of git's SHA-1, by which Hugging Face names small files
_CHUNK_BYTES = 1 << 20


def is_published(path: Path, file: WeightFile, report: Callable[[], None] = lambda: None) -> bool:
    """Compare a file with its checksum. What `report` raises ends the reading."""
    if len(file.sha256) == BLOB_DIGITS:
        content = path.read_bytes()
        digest = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
        return digest.hexdigest() == file.sha256
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            digest.update(chunk)
            report()
    return digest.hexdigest().startswith(file.sha256)
