"""Fetch weights: with progress, resumed where they broke off, checked, and there whole or not at all."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests
from filelock import FileLock, Timeout

from app.engines.weights.catalogue import WeightFile, Weights
from app.engines.weights.hub_metadata import as_served, is_whole
from app.errors import N_, EngineUnavailable, StorageFull
from app.progress import Progress

CONNECT_S, SILENCE_S = 5, 20  # until a connection that does not come, or brings nothing, is given up
CHUNK_BYTES = 1 << 16
LOCK_S = 0.2  # between looks at whether the other fetcher is done


def fetch(weights: Weights, models_dir: Path, progress: Progress, reserve_bytes: int = 0) -> None:
    """Bring what is missing of a model. Where somebody else fetches it already, wait and watch.

    Raises:
        EngineUnavailable: the server does not answer, or sends something else.
        StorageFull: less than `reserve_bytes` would stay free.
    """

    def report() -> None:
        here = sum(_size(path) or _size(_part(path)) for path in paths)
        progress(min(1.0, here / weights.size_bytes))

    paths = [models_dir / file.path for file in weights.files]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(models_dir / f".{weights.name}.lock", report):
        for file, path in zip(weights.files, paths, strict=True):
            if not path.is_file():
                told = file if file.sha256 else as_served(file)
                _check_space(weights.name, told.size_bytes - _size(_part(path)), path, reserve_bytes)
                _fetch(told, path, report)
        progress(1.0)


def is_published(path: Path, file: WeightFile) -> bool:
    """Tell whether a file is the one that was published."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest().startswith(file.sha256)


def _fetch(file: WeightFile, path: Path, report: Callable[[], None]) -> None:
    part = _part(path)
    resumed = part.exists()
    while _size(part) < file.size_bytes:
        before = _size(part)
        try:
            _receive(file, part, report)
        except requests.RequestException as error:
            if _size(part) <= before:  # another attempt is worth it only where this one brought something
                raise _no_answer(file, path) from error
    if is_published(part, file) and is_whole(part, path.suffix):
        with part.open("rb+") as whole:
            os.fsync(whole.fileno())
        part.replace(path)
        return
    part.unlink()
    if not resumed:
        raise EngineUnavailable(
            N_(
                "What %(host)s sent as %(name)s is not the published file. Try again later, or put"
                " the file there yourself: %(path)s"
            ),
            host=urlsplit(file.url).netloc,
            name=path.name,
            path=str(path),
        )
    _fetch(file, path, report)  # what an earlier attempt had left was not of this file


def _receive(file: WeightFile, part: Path, report: Callable[[], None]) -> None:
    """Take what one connection brings, at most to the size of the file."""
    here = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={here}-"} if here else {})
    timeout = (CONNECT_S, SILENCE_S)
    with requests.get(file.url, headers=headers, stream=True, timeout=timeout) as response:
        response.raise_for_status()
        goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {here}-")
        if here and response.status_code == 206 and not goes_on:
            raise requests.RequestException("another part than the one asked for")
        with part.open("ab" if response.status_code == 206 else "wb") as opened:
            for chunk in response.iter_content(CHUNK_BYTES):
                opened.write(chunk[: file.size_bytes - opened.tell()])
                opened.flush()
                report()
                if opened.tell() >= file.size_bytes:
                    return
    raise requests.ConnectionError("the answer ended early")


@contextmanager
def _alone(path: Path, report: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of a model, against other threads and processes; it ends with its holder."""
    lock = FileLock(path, thread_local=False)
    while True:
        try:
            lock.acquire(timeout=LOCK_S)
            break
        except Timeout:
            report()
    try:
        yield
    finally:
        lock.release()


def _check_space(name: str, n_bytes: int, path: Path, reserve_bytes: int) -> None:
    if shutil.disk_usage(path.parent).free < n_bytes + reserve_bytes:
        raise StorageFull(
            N_("Fetching %(name)s needs %(megabytes)s MB of free disk space. Free some and try again."),
            name=name,
            megabytes=(n_bytes + reserve_bytes) // 10**6,
        )


def _no_answer(file: WeightFile, path: Path) -> EngineUnavailable:
    return EngineUnavailable(
        N_(
            "%(name)s could not be fetched: %(host)s does not answer as it should. Check the network and"
            " try again, or put the file there yourself: %(path)s"
        ),
        name=path.name,
        host=urlsplit(file.url).netloc,
        path=str(path),
    )


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
