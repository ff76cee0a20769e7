"""How the file of a recording comes here: from a web address, or out of a bucket; within limits."""

import shutil
from pathlib import Path
from typing import BinaryIO

from app.audio.atomic import atomic_write
from app.config import Config
from app.errors import N_, StorageFull, TooLarge
from app.progress import Progress
from app.storage.download import DownloadLimits, download
from app.storage.files import Storage
from app.storage.guard import AddressGuard

_CHUNK_BYTES = 1 << 20


class Fetcher:
    """Fetches web addresses within the limits of the settings, and none of the inside of our network."""

    def __init__(self, config: Config) -> None:
        self.guard = AddressGuard(config.allowed_networks)
        self.limits = DownloadLimits(
            max_bytes=config.max_upload_bytes,
            total_s=config.download_timeout_s,
            idle_s=config.download_idle_s,
            reserve_bytes=config.disk_reserve_bytes,
        )

    def fetch(self, url: str, target: Path, progress: Progress) -> None:
        """Bring `url` to `target`. Raises BadInput, TooLarge, StorageFull, and what `progress` raises."""

        def report(done: int, total: int | None) -> None:
            progress(min(1.0, done / total) if total else 0.0)

        download(url, target, self.limits, self.guard, report)


def bring(
    storage: Storage, key: str, target: Path, max_bytes: int, reserve_bytes: int, progress: Progress
) -> None:
    """Copy an object to `target`. Raises NotFound, StorageUnavailable, TooLarge, StorageFull."""
    with storage.open(key) as remote, atomic_write(target) as part:
        _copy(remote, part, max_bytes, reserve_bytes, progress)


def _copy(remote: BinaryIO, part: Path, max_bytes: int, reserve_bytes: int, progress: Progress) -> None:
    done = 0
    with part.open("wb") as file:
        while chunk := remote.read(_CHUNK_BYTES):
            done += len(chunk)
            if done > max_bytes:
                raise TooLarge(
                    N_("The file is larger than %(megabytes)s MB. Cut it or compress it."),
                    megabytes=max_bytes // 10**6,
                )
            if shutil.disk_usage(part.parent).free < reserve_bytes + len(chunk):
                raise StorageFull(N_("The disk is full. Delete old results or wait until they expire."))
            file.write(chunk)
            progress(0.0)
