"""The stage that tells apart who speaks, and says it of each segment of the transcript."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter

from app.audio.wav import WavFile
from app.audio.waveform import Sound, Span
from app.documents.diarization import Diarization, NotDiarized
from app.documents.speakers import with_recognized, with_speakers
from app.documents.well_formed import well_formed_diarization
from app.engines.registry import Engines
from app.engines.speakers.channels import turns_by_channel
from app.errors import N_, AppError
from app.pipeline import speaker_count
from app.pipeline.channel_sounds import channel_sounds
from app.pipeline.checkpoint import Checkpoint, checkpoint_path, file_identity
from app.pipeline.recording import Recording
from app.pipeline.stage import Artifact, StageInfo
from app.pipeline.voiceprints import names_of
from app.progress import Progress, part_of
from app.summarization.said_names import said_names

logger = logging.getLogger(__name__)

READY = 0.05  # share of the stage for getting the engine, weights perhaps among it
CHANNELS = 0.1  # and for looking whether each channel has a voice of its own
BY_CHANNEL = "a voice a channel"
FAILED = N_("Telling the speakers apart broke on our side; everything else was done.")


def diarize(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Tell the speakers apart. Where that cannot be done, the recording goes on without and says why.

    After a kill it goes on after the last windows that were heard.
    """
    assert recording.speech is not None, "extract runs before diarize"
    assert recording.transcript is not None, "transcribe runs before diarize"
    if not recording.transcript.segments:
        return replace(recording, diarization=Diarization((), ""))
    try:
        found = _by_channel(recording, engines, part_of(progress, 0.0, CHANNELS)) or tell_apart(
            WavFile(recording.speech),
            recording.speakers,
            engines,
            part_of(progress, CHANNELS, 0.98),
            partial(_checkpoint, recording, recording.speech),
        )
    except AppError as error:
        return replace(recording, diarization=NotDiarized(error.message, error.params))
    except Exception:  # minutes without speakers are worth more than none
        logger.exception("the speakers of %s were not told apart", recording.folder.name)
        return replace(recording, diarization=NotDiarized(FAILED))
    found = replace(found, recognized=_recognized(recording, found, engines, part_of(progress, 0.98, 1.0)))
    told = _with(recording, found)
    assert told.transcript is not None
    offered = replace(found, said_names=said_names(told.transcript))
    return replace(told, diarization=well_formed_diarization(offered))


def _recognized(
    recording: Recording, found: Diarization, engines: Engines, progress: Progress
) -> dict[str, str]:
    """Know voices again that their owner had remembered. What breaks there costs the names only."""
    progress(0.0)
    if not recording.known_voices or recording.speech is None:
        progress(1.0)
        return {}
    try:
        diarizer = engines.diarizer(part_of(progress, 0.0, 0.1))
        sound, known = WavFile(recording.speech), part_of(progress, 0.1, 1.0)
        return names_of(sound, found.turns, recording.known_voices, diarizer, known)
    except Exception:
        logger.warning("the voices of %s were not known again", recording.folder.name, exc_info=True)
        return {}


def tell_apart(
    speech: Sound,
    speakers: str,
    engines: Engines,
    progress: Progress,
    checkpoint: Callable[[str], Checkpoint] | None = None,
) -> Diarization:
    """Find who speaks when.

    speakers: how many, as a user writes it; checkpoint: opens that of what such a diarizer has computed.

    Raises:
        BadInput, EngineUnavailable.
    """
    options = speaker_count.parsed(speakers)
    diarizer = engines.diarizer(part_of(progress, 0.0, READY))
    kept = checkpoint(diarizer.identity) if checkpoint else None
    turns = diarizer.diarize(speech, options, part_of(progress, READY, 1.0), kept)
    return well_formed_diarization(Diarization(turns, diarizer.name))


def _checkpoint(recording: Recording, speech: Path, identity: str) -> Checkpoint:
    of = {"engine": identity, "sound": file_identity(speech)}
    return Checkpoint(checkpoint_path(recording.folder, "diarize"), of, recording.kept)


def _by_channel(recording: Recording, engines: Engines, progress: Progress) -> Diarization | None:
    """Tell speakers apart by the channels of the source, where each has a voice of its own."""
    options = speaker_count.parsed(recording.speakers)
    with channel_sounds(recording, part_of(progress, 0.0, 0.5)) as channels:
        if not options.min_speakers <= len(channels) <= options.max_speakers or len(channels) < 2:
            return None
        detector = engines.voice_detector(part_of(progress, 0.5, 0.5))

        def detect(sound: Sound) -> Iterable[Span]:
            return detector.detect(sound, lambda _: progress(0.5))

        turns = turns_by_channel(channels, detect, part_of(progress, 0.5, 1.0))
    return Diarization(turns, f"{detector.name}, {BY_CHANNEL}") if turns else None


def _with(recording: Recording, found: Diarization | NotDiarized) -> Recording:
    if recording.transcript is None or isinstance(found, NotDiarized):
        return replace(recording, diarization=found)
    by_channel = found.engine.endswith(BY_CHANNEL)
    told = with_speakers(recording.transcript, found.turns, by_channel=by_channel)
    transcript = with_recognized(told, found.recognized)
    return replace(recording, diarization=found, transcript=transcript)


def _dump(recording: Recording) -> Diarization | NotDiarized:
    if recording.diarization is None:
        raise TypeError("diarize must return what it found, or why not")
    return recording.diarization


def _engine(recording: Recording) -> str:
    return recording.diarization.engine if isinstance(recording.diarization, Diarization) else ""


_FORM: TypeAdapter[Diarization | NotDiarized] = TypeAdapter(
    Annotated[Diarization, AfterValidator(well_formed_diarization)] | NotDiarized
)

INFO = StageInfo(
    "diarize",
    Artifact("diarization.json", _FORM, _dump, _with, _engine),
    diarize,
    title=N_("Speakers"),
    sentence=N_("Telling the speakers apart"),
    switch=N_("Tell the speakers apart"),
    typical_cost=0.1,
)
