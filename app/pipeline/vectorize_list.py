"""The stage that vectorizes a list of web addresses: a batch as a job, with what it leaves as downloads."""

from collections.abc import Callable
from dataclasses import replace

from app.config import Config
from app.engines.base import Progress
from app.engines.registry import Engines
from app.pipeline.batch import exports, records
from app.pipeline.batch.ledger import opened
from app.pipeline.batch.run import Options, run
from app.pipeline.batch.standing import Standing
from app.pipeline.download import Fetcher
from app.pipeline.recording import Recording

URL_KEY = "url"

Stage = Callable[[Recording, Engines, Progress], Recording]


def vectorize_list_by(config: Config) -> Stage:
    """Make the stage `vectorize_list`; its source is a JSON list that was checked when it was taken in."""

    def vectorize_list(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        """Vectorize the list; a job that is tried again goes on where it ended."""
        wanted = records.read(recording.source, URL_KEY)
        embedder = engines.embedder(lambda _: progress(0.0))
        fetcher = Fetcher(config)

        def report(standing: Standing) -> None:
            progress(standing.ended / max(1, standing.total))

        with opened(recording.folder) as ledger:
            options = Options(recording.pooling, ahead=config.downloads_ahead)
            standing = run(wanted, ledger, fetcher.fetch, embedder, recording.limits, options, report)
            exports.FORMS["npz"](ledger, recording.folder / f"{exports.VECTORS}.npz")
        progress(1.0)
        return replace(recording, listed=standing)

    return vectorize_list
