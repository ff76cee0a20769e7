"""The stage that fetches what a request names by web address or bucket key; and the fetching itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.config import Config
from app.engines.registry import Engines
from app.pipeline.fetched_artifact import fetched_artifact
from app.pipeline.recording import Recording
from app.pipeline.stage import Stage, StageInfo
from app.pipeline.stages.fetch import bring
from app.progress import Progress
from app.storage.download import DownloadLimits, download
from app.storage.files import Storage
from app.storage.guard import AddressGuard

DOWNLOADED = "downloaded"


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


def download_by(fetcher: Fetcher, connect: Callable[[], Storage]) -> Stage:
    """Make the stage `download`; connect: to the bucket, for what is named by key."""

    def stage(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        """Fetch what the source, a request in JSON, names; that becomes the source."""
        target = recording.folder / DOWNLOADED
        request = json.loads(recording.source.read_text("utf-8"))
        if key := request.get("file_key"):
            limits = fetcher.limits
            bring(connect(), key, target, limits.max_bytes, limits.reserve_bytes, progress)
        else:
            fetcher.fetch(request["url"], target, progress)
        progress(1.0)
        return replace(recording, source=target)

    return stage


INFO = StageInfo("download", fetched_artifact("download.json", "HTTP"))
