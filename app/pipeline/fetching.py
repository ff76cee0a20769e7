"""Fetcher: brings recordings from the web and from the bucket, for stages and for calls that wait."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from app.audio.atomic import atomic_write
from app.config import Config
from app.pipeline.recording import Recording
from app.progress import Progress
from app.storage.buckets import bucket
from app.storage.download import DownloadLimits, download
from app.storage.files import Storage
from app.storage.guard import AddressGuard
from app.storage.player_page import fetch_what_plays, installed

_CHUNK_BYTES = 1 << 20
_SNIFFED_BYTES = 1445


class Fetcher:
    """Fetches within the limits of the settings, and nothing from the inside of our network.

    connect: to the bucket; by default the configured one.
    """

    def __init__(self, config: Config, connect: Callable[[], Storage] | None = None) -> None:
        self.guard = AddressGuard(config.allowed_networks)
        self.takes_player_pages = config.player_pages and installed()
        self._connect = connect or partial(bucket, config)
        self._limits = DownloadLimits(
            max_bytes=config.max_upload_bytes,
            total_s=config.download_timeout_s,
            idle_s=config.download_idle_s,
            reserve_bytes=config.disk_reserve_bytes,
        )

    def fetch_source(self, recording: Recording, name: str, progress: Progress) -> Recording:
        """Fetch what the source, a request in JSON, names; the file `name` becomes the source."""
        target = recording.folder / name
        self.fetch_request(json.loads(recording.source.read_text("utf-8")), target, progress)
        progress(1.0)
        return replace(recording, source=target)

    def fetch_request(self, request: Mapping[str, Any], target: Path, progress: Progress) -> None:
        """Bring what has the `file_key` or the `url` of a request. Raises what the two below raise."""
        if key := request.get("file_key"):
            self.fetch_key(key, target, progress)
        else:
            self.fetch(request["url"], target, progress)

    def fetch(self, url: str, target: Path, progress: Progress) -> None:
        """Bring `url` to `target`, or what plays there.

        Raises BadInput, TooLarge, StorageFull, and what `progress` raises.
        """

        def report(done: int, total: int | None) -> None:
            progress(min(1.0, done / total) if total else 0.0)

        download(url, target, self._limits, self.guard, report)
        if self.takes_player_pages and _is_page(target):
            fetch_what_plays(url, target, self._limits, self.guard, report)

    def fetch_key(self, key: str, target: Path, progress: Progress) -> None:
        """Copy an object to `target`. Raises NotFound, StorageUnavailable, TooLarge, StorageFull."""
        with self._connect().open(key) as remote, atomic_write(target) as part:
            self._copy(remote, part, progress)

    def _copy(self, remote: BinaryIO, part: Path, progress: Progress) -> None:
        done = 0
        with part.open("wb") as file:
            while chunk := remote.read(_CHUNK_BYTES):
                self._limits.check(done + len(chunk), done, part.parent)
                done += file.write(chunk)
                progress(0.0)


def _is_page(path: Path) -> bool:
    """Say whether a file is HTML, whatever its server called it (WHATWG, MIME Sniffing, 7.1)."""
    with path.open("rb") as file:
        start = file.read(_SNIFFED_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<!--", b"<body", b"<script"))
