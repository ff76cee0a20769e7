"""The stage that writes down what was said."""

from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter

from app.audio.levelling import LevelledSound
from app.audio.wav import WavFile
from app.audio.waveform import Sound
from app.documents.transcript import Transcript
from app.documents.well_formed import well_formed_transcript
from app.engines.base import TranscribeOptions
from app.engines.registry import Engines
from app.errors import N_, AppError
from app.pipeline.channel_sounds import has_channels
from app.pipeline.overlapping_speech import TOO_QUIET_DB, hear_apart
from app.pipeline.playback import make_sound
from app.pipeline.recording import Recording
from app.pipeline.stage import Artifact, StageInfo
from app.pipeline.stages.extract import SPEECH
from app.pipeline.transcript_checkpoint import TranscriptCheckpoint
from app.progress import Progress, onward, part_of

# Shares of the stage: finding the first speech, and getting the engine, weights perhaps among it
DETECTED, READY = 0.02, 0.05
MIXED = 0.9  # and hearing the mix, where people may also speak at once on channels of their own


def transcribe(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Write down what is said in `recording.speech`; after a kill, go on after what was heard."""
    try:
        transcript = _transcript(recording, engines, progress)
    except AppError:  # who reads why can still listen
        _leave_sound(recording, progress)
        raise
    _leave_sound(recording, progress)
    return replace(recording, transcript=transcript)


def _leave_sound(recording: Recording, progress: Progress) -> None:
    """Make what a player plays, where the text was to be there first."""
    if recording.text_first:
        with suppress(AppError, OSError):  # the page then plays `speech.wav`
            make_sound(recording.folder / SPEECH, recording.folder, lambda _: progress(1.0))


def _transcript(recording: Recording, engines: Engines, progress: Progress) -> Transcript:
    assert recording.speech is not None, "extract runs before transcribe"
    checkpoint = TranscriptCheckpoint(recording)
    options = TranscribeOptions(
        recording.language,
        recording.terms,
        checkpoint=checkpoint,
        model=recording.model,
        task=recording.task,
    )
    if not has_channels(recording):
        return hear(WavFile(recording.speech), engines, options, progress)
    report = onward(progress)
    heard = hear(WavFile(recording.speech), engines, options, part_of(report, 0.0, MIXED))
    apart = hear_apart(recording, heard, engines, options, part_of(report, MIXED, 1.0))
    return well_formed_transcript(apart)


def hear(speech: Sound, engines: Engines, options: TranscribeOptions, progress: Progress) -> Transcript:
    """Find the speech and write it down. Silence reaches no recognizer, which would make words of it.

    What is found is heard at once, while the rest of a long recording is still to be searched. A recording
    without speech gets a transcript without segments and language, made by the voice detector.
    """
    report = onward(progress)
    detector = engines.voice_detector(part_of(report, 0.0, 0.0))
    spans = detector.detect(LevelledSound(speech), part_of(report, 0.0, DETECTED))
    first = next(spans, None)
    if first is None:
        return Transcript((), None, detector.name, speech.duration_s)
    transcriber = engines.transcriber(options.language, part_of(report, DETECTED, READY), options.model)
    levelled = LevelledSound(speech, above_db=TOO_QUIET_DB)
    heard = transcriber.transcribe(levelled, chain([first], spans), options, part_of(report, READY, 1.0))
    return well_formed_transcript(heard)


def _dump(recording: Recording) -> Transcript:
    if recording.transcript is None:
        raise TypeError("transcribe must return a transcript")
    return recording.transcript


_FORM: TypeAdapter[Transcript] = TypeAdapter(Annotated[Transcript, AfterValidator(well_formed_transcript)])

INFO = StageInfo(
    "transcribe",
    Artifact(
        "transcript.json",
        _FORM,
        _dump,
        lambda recording, transcript: replace(recording, transcript=transcript),
        lambda recording: recording.transcript.engine if recording.transcript else "",
    ),
    transcribe,
    title=N_("Transcript"),
    sentence=N_("Writing down what was said"),
    always=True,
    typical_cost=0.5,
)
