"""The stage that takes what another system asks to be cleaned out of its bucket."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from app.audio.atomic import atomic_write
from app.engines.registry import Engines
from app.errors import N_, StorageFull, TooLarge
from app.pipeline.fetched_artifact import fetched_artifact
from app.pipeline.recording import Recording
from app.pipeline.stage import Stage, StageInfo
from app.progress import Progress
from app.storage.files import Storage

FETCHED = "fetched"
_CHUNK_BYTES = 1 << 20


def fetch_from(connect: Callable[[], Storage], max_bytes: int) -> Stage:
    """Make the stage `fetch` for a bucket.

    Raises (the stage): NotFound; StorageUnavailable; TooLarge: more than `max_bytes`; StorageFull.
    """

    def fetch(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        """Bring the file of a clean request to the job's folder; it becomes the source."""
        request = recording.clean_request
        assert request is not None, "only what was asked for is fetched"
        target = recording.folder / FETCHED
        reserve = recording.limits.disk_reserve_bytes
        bring(connect(), request.file_key, target, max_bytes, reserve, progress)
        progress(1.0)
        return replace(recording, source=target)

    return fetch


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


INFO = StageInfo("fetch", fetched_artifact("fetch.json", "S3"))
