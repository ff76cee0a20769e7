"""The stage that fetches a recording whose vector was asked for, by web address or bucket key."""

from app.engines.registry import Engines
from app.errors import N_
from app.pipeline.fetched_artifact import fetched_artifact
from app.pipeline.fetching import Fetcher
from app.pipeline.recording import Recording
from app.pipeline.stage import Stage, StageInfo
from app.progress import Progress

DOWNLOADED = "downloaded"


def download_by(fetcher: Fetcher) -> Stage:
    """Make the stage `download`. Raises (the stage): what `Fetcher` raises."""

    def download(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        """Fetch what the request names; it becomes the source."""
        return fetcher.fetch_source(recording, DOWNLOADED, progress)

    return download


INFO = StageInfo(
    "download",
    fetched_artifact("download.json", "HTTP"),
    sentence=N_("Fetching the recording from its address"),
    title=N_("Fetch"),
)
