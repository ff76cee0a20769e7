"""The stage that vectorizes a list of web addresses: a batch as a job, with what it leaves as downloads."""

from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from app.engines.registry import Engines
from app.errors import N_
from app.pipeline.batch import exports, records
from app.pipeline.batch.journal import opened
from app.pipeline.batch.progress import BatchProgress
from app.pipeline.batch.run import Options, run
from app.pipeline.fetching import Fetcher
from app.pipeline.recording import Recording
from app.pipeline.speech_finder import speech_finder
from app.pipeline.stage import Artifact, Stage, StageInfo
from app.progress import Progress

URL_KEY = "url"


def vectorize_list_by(fetcher: Fetcher, downloads_ahead: int) -> Stage:
    """Make the stage `vectorize_list`; its source is a JSON list that was checked when it was taken in."""

    def vectorize_list(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        """Vectorize the list; a job that is tried again goes on where it ended."""
        wanted = records.read(recording.source, URL_KEY)
        embedder = engines.embedder(lambda _: progress(0.0))

        def report(counts: BatchProgress) -> None:
            progress(counts.ended / max(1, counts.total))

        with opened(recording.folder) as journal:
            options = Options(
                recording.pooling,
                ahead=downloads_ahead,
                find_speech=speech_finder(engines, lambda _: None),
                kept=recording.kept,
            )
            counts = run(wanted, journal, fetcher.fetch, embedder, recording.limits, options, report)
            exports.FORMS["npz"](journal, recording.folder / f"{exports.VECTORS}.npz")
        progress(1.0)
        return replace(recording, listed=counts)

    return vectorize_list


@dataclass(frozen=True, slots=True)
class ListFile:
    """How the stage is kept."""

    listed: BatchProgress


def _dump(recording: Recording) -> ListFile:
    if recording.listed is None:
        raise TypeError("vectorize_list must return how it came out")
    return ListFile(recording.listed)


INFO = StageInfo(
    "vectorize_list",
    Artifact(
        "list.json",
        TypeAdapter(ListFile),
        _dump,
        lambda recording, kept: replace(recording, listed=kept.listed),
        lambda _: "",
    ),
    title=N_("Vectors"),
    sentence=N_("Making vectors of the list"),
)
