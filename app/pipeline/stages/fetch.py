"""The stage that takes what another system asks to be cleaned out of its bucket."""

from app.engines.registry import Engines
from app.pipeline.fetched_artifact import fetched_artifact
from app.pipeline.fetching import Fetcher
from app.pipeline.recording import Recording
from app.pipeline.stage import Stage, StageInfo
from app.progress import Progress

FETCHED = "fetched"


def fetch_by(fetcher: Fetcher) -> Stage:
    """Make the stage `fetch`. Raises (the stage): what `Fetcher` raises."""

    def fetch(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        """Fetch the file of a clean request; it becomes the source."""
        return fetcher.fetch_source(recording, FETCHED, progress)

    return fetch


INFO = StageInfo("fetch", fetched_artifact("fetch.json", "S3"))
