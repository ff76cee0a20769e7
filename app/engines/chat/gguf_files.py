"""Which GGUF files hold a chat model that llama.cpp can load, seen without loading it."""

import os
import re
from collections.abc import Callable
from pathlib import Path

_MAGIC = b"GGUF"
_SHARD = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)
_OTHER_PARTS = re.compile(r"mmproj|ggml-vocab|imatrix|-lora|embed", re.IGNORECASE)  # projectors, vocabularies
MEMORY_SHARE = 0.6  # of the machine's memory that weights may take where nobody has chosen them


def find(
    models_dir: Path, name: str = "auto", quick: Callable[[int], bool] = lambda size_bytes: True
) -> Path | None:
    """Return the file of a chat model: the named one, or the largest that fits into memory and is quick.

    name: of the file, with or without its ending, or of the folder that it stands in; quick: tells whether
    weights of so many bytes are; where none are, the smallest is taken.
    """
    found = [path for path in _files(models_dir) if missing(path) is None]
    if name != "auto":
        named = (path for path in found if name in (path.name, path.stem, path.parent.name))
        return next(named, None)
    most = memory_bytes() * MEMORY_SHARE
    fitting = [path for path in found if weight_bytes(path) <= most]
    ready = [path for path in fitting if quick(weight_bytes(path))]
    return max(ready, key=weight_bytes, default=min(fitting, key=weight_bytes, default=None))


def missing(path: Path) -> str | None:
    """Return what a file lacks to be a chat model, or None if it lacks nothing."""
    try:
        with path.open("rb") as opened:
            if opened.read(4) != _MAGIC:
                return "the head of a GGUF file"
    except OSError:
        return path.name
    return next((shard.name for shard in _shards(path) if not shard.is_file()), None)


def weight_bytes(path: Path) -> int:
    """Return the size of a model, of all its shards."""
    return sum(shard.stat().st_size for shard in _shards(path) if shard.is_file())


def memory_bytes() -> int:
    """Return the memory of this machine; where it does not say, as much as nothing fits into."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 1 << 62


def _files(models_dir: Path) -> list[Path]:
    """Return what may be a chat model, in models_dir and its folders; of several shards the first."""
    if not models_dir.is_dir():
        return []
    paths = sorted((*models_dir.glob("*.gguf"), *models_dir.glob("*/*.gguf")))
    firsts = [path for path in paths if not (shard := _SHARD.search(path.name)) or int(shard[1]) == 1]
    return [path for path in firsts if not _OTHER_PARTS.search(path.name)]


def _shards(path: Path) -> list[Path]:
    found = _SHARD.search(path.name)
    if not found:
        return [path]
    stem = path.name[: found.start()]
    return [path.with_name(f"{stem}-{n:05d}-of-{found[2]}.gguf") for n in range(1, int(found[2]) + 1)]
