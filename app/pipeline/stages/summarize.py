"""The stage that writes the minutes."""

from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter

from app.documents.minutes import Minutes, only, with_sections
from app.documents.well_formed import well_formed_minutes
from app.engines.base import SummarizeOptions
from app.engines.choosing.summarizers import in_language
from app.engines.registry import Engines
from app.errors import N_
from app.pipeline import corrections
from app.pipeline.answer_checkpoint import AnswerCheckpoint
from app.pipeline.checkpoint import Checkpoint, checkpoint_path
from app.pipeline.recording import Recording
from app.pipeline.stage import Artifact, StageInfo
from app.progress import Progress, part_of

_WRITTEN = 0.7  # share of the progress, where what is written is translated after


def summarize(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Write the minutes of what was said, as people have corrected it; anew, in the way that they ask for.

    After a kill, a chat model is asked only what is left.
    """
    present, asked = corrections.load(recording).recording, corrections.asked_anew(recording)
    transcript = present.transcript
    assert transcript is not None, "transcribe runs before summarize"
    from app.summarization.summary import with_summary  # scipy: half a second of every start

    summarizer = engines.summarizer(transcript.language, progress)
    of = {"engine": summarizer.name, "language": transcript.language}
    kept = Checkpoint(checkpoint_path(recording.folder, "summarize"), of, recording.kept)
    answers = AnswerCheckpoint(kept)
    to = asked.language if asked and asked.language != transcript.language else None
    writing = part_of(progress, 0.0, _WRITTEN) if to else progress
    minutes = summarizer.summarize(transcript, SummarizeOptions(answers=answers), writing)
    minutes = with_summary(minutes, transcript)
    before = present.minutes if asked and asked.anew else None
    if before and asked:
        minutes = only(minutes, asked.anew)
    if to:
        minutes = in_language(summarizer, minutes, to, answers, part_of(progress, _WRITTEN, 1.0))
    if before and asked:
        minutes = with_sections(before, asked.anew, minutes)
    minutes = well_formed_minutes(minutes, transcript.duration_s)
    return replace(recording, transcript=transcript, minutes=minutes)


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
