"""The stage that takes what another system asks to be cleaned out of its bucket."""

from collections.abc import Callable
from dataclasses import replace

from app.engines.registry import Engines
from app.pipeline.fetched_artifact import fetched_artifact
from app.pipeline.fetching import bring
from app.pipeline.recording import Recording
from app.pipeline.stage import Stage, StageInfo
from app.progress import Progress
from app.storage.files import Storage

FETCHED = "fetched"


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


INFO = StageInfo("fetch", fetched_artifact("fetch.json", "S3"))
