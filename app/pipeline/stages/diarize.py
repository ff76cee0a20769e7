"""The stage that tells apart who speaks, and says it of each segment of the transcript."""

import logging
from dataclasses import replace

from pydantic import TypeAdapter

from app.audio.wav import WavFile
from app.documents.diarization import Diarization, NotDiarized
from app.documents.speakers import with_speakers
from app.engines.registry import Engines
from app.errors import N_, AppError
from app.pipeline import speaker_count
from app.pipeline.recording import Recording
from app.pipeline.stage import Artifact, StageInfo
from app.progress import Progress, part_of

logger = logging.getLogger(__name__)

READY = 0.05  # share of the stage for getting the engine, weights perhaps among it
FAILED = N_("Telling the speakers apart broke on our side; everything else was done.")


def diarize(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Tell the speakers apart. Where that cannot be done, the recording goes on without and says why."""
    assert recording.speech is not None, "extract runs before diarize"
    assert recording.transcript is not None, "transcribe runs before diarize"
    if not recording.transcript.segments:
        return replace(recording, diarization=Diarization((), ""))
    try:
        options = speaker_count.parsed(recording.speakers)
        diarizer = engines.diarizer(part_of(progress, 0.0, READY))
        turns = diarizer.diarize(WavFile(recording.speech), options, part_of(progress, READY, 1.0))
    except AppError as error:
        return replace(recording, diarization=NotDiarized(error.message, error.params))
    except Exception:  # minutes without speakers are worth more than none
        logger.exception("the speakers of %s were not told apart", recording.folder.name)
        return replace(recording, diarization=NotDiarized(FAILED))
    return _with(recording, Diarization(turns, diarizer.name))


def _with(recording: Recording, found: Diarization | NotDiarized) -> Recording:
    if recording.transcript is None or isinstance(found, NotDiarized):
        return replace(recording, diarization=found)
    transcript = with_speakers(recording.transcript, found.turns)
    return replace(recording, diarization=found, transcript=transcript)


def _dump(recording: Recording) -> Diarization | NotDiarized:
    if recording.diarization is None:
        raise TypeError("diarize must return what it found, or why not")
    return recording.diarization


def _engine(recording: Recording) -> str:
    return recording.diarization.engine if isinstance(recording.diarization, Diarization) else ""


_FORM: TypeAdapter[Diarization | NotDiarized] = TypeAdapter(Diarization | NotDiarized)

INFO = StageInfo(
    "diarize",
    Artifact("diarization.json", _FORM, _dump, _with, _engine),
    diarize,
    title=N_("Speakers"),
    sentence=N_("Telling the speakers apart"),
    switch=N_("Tell the speakers apart"),
    typical_cost=0.1,
)
