"""The stage that fetches what a request names by web address or bucket key."""

import json
from collections.abc import Callable
from dataclasses import replace

from app.engines.registry import Engines
from app.pipeline.fetched_artifact import fetched_artifact
from app.pipeline.fetching import Fetcher, bring
from app.pipeline.recording import Recording
from app.pipeline.stage import Stage, StageInfo
from app.progress import Progress
from app.storage.files import Storage

DOWNLOADED = "downloaded"


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
