"""The stage that writes the minutes."""

from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter

from app.documents.minutes import Minutes
from app.documents.well_formed import well_formed_minutes
from app.engines.base import SummarizeOptions
from app.engines.registry import Engines
from app.errors import N_
from app.pipeline import corrections
from app.pipeline.answer_checkpoint import AnswerCheckpoint
from app.pipeline.checkpoint import Checkpoint, checkpoint_path
from app.pipeline.recording import Recording
from app.pipeline.stage import Artifact, StageInfo
from app.progress import Progress


def summarize(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Write the minutes of what was said, as people have corrected it.

    After a kill, a chat model is asked only what is left.
    """
    recording = replace(recording, transcript=corrections.load(recording).recording.transcript)
    assert recording.transcript is not None, "transcribe runs before summarize"
    from app.summarization.summary import with_summary  # scipy: half a second of every start

    summarizer = engines.summarizer(recording.transcript.language, progress)
    of = {"engine": summarizer.name, "language": recording.transcript.language}
    kept = Checkpoint(checkpoint_path(recording.folder, "summarize"), of, recording.kept)
    options = SummarizeOptions(answers=AnswerCheckpoint(kept))
    minutes = summarizer.summarize(recording.transcript, options, progress)
    minutes = with_summary(minutes, recording.transcript)
    return replace(recording, minutes=well_formed_minutes(minutes, recording.transcript.duration_s))


def _dump(recording: Recording) -> Minutes:
    if recording.minutes is None:
        raise TypeError("summarize must return minutes")
    return recording.minutes


_FORM: TypeAdapter[Minutes] = TypeAdapter(Annotated[Minutes, AfterValidator(well_formed_minutes)])

INFO = StageInfo(
    "summarize",
    Artifact(
        "minutes.json",
        _FORM,
        _dump,
        lambda recording, minutes: replace(recording, minutes=minutes),
        lambda recording: recording.minutes.engine if recording.minutes else "",
    ),
    summarize,
    title=N_("Minutes"),
    sentence=N_("Writing the minutes"),
    always=True,
    typical_cost=0.05,
)
