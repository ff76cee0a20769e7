"""A recording is heard while its sender waits: what the addresses of OpenAI's and Deepgram's API do alike."""

from pathlib import Path

from app.audio.decode import decode_speech
from app.audio.wav import WavFile
from app.documents.speakers import with_speakers
from app.documents.transcript import Transcript
from app.engines.base import TranscribeOptions
from app.engines.registry import Engines
from app.pipeline.limits import limits_of
from app.pipeline.overlapping_speech import hear_apart
from app.pipeline.recording import Recording
from app.pipeline.speech_finder import speech_finder
from app.pipeline.stages.diarize import tell_apart
from app.pipeline.stages.transcribe import hear
from app.progress import Progress
from app.web.core.context import konspekt


def decoded(source: Path, folder: Path, progress: Progress) -> Recording:
    """Return the recording with its speech. Raises what `decode_speech` raises."""
    parts, speech = konspekt(), folder / "speech.wav"
    limits = limits_of(parts.config)
    find_speech = speech_finder(parts.engines, progress)
    media = decode_speech(source, speech, limits=limits, progress=progress, find_speech=find_speech)
    return Recording("", source, folder, media=media, speech=speech, limits=limits)


def transcribed(
    recording: Recording,
    options: TranscribeOptions,
    engines: Engines,
    progress: Progress,
    *,
    speakers: str | None,
    in_pieces: bool = False,
) -> Transcript:
    """Hear it, in any thread.

    speakers: how many there are, or "auto"; None: they are not told apart. in_pieces: its text has been sent
    while it was heard, and stays as it is.
    """
    speech = recording.speech
    assert speech is not None
    heard = hear(WavFile(speech), engines, options, progress)
    if not in_pieces:
        heard = hear_apart(recording, heard, engines, options, progress)
    if speakers is None or not heard.segments:
        return heard
    return with_speakers(heard, tell_apart(WavFile(speech), speakers, engines, progress).turns)
