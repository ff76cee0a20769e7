"""The sound of whatever was sent, in the one form that engines take."""

from dataclasses import replace

from app.audio.decode import decode_speech
from app.engines.base import Progress
from app.engines.registry import Engines
from app.pipeline.recording import Recording

SPEECH = "speech.wav"


def extract(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Decode the source to `speech.wav` in the recording's folder."""
    speech = recording.folder / SPEECH
    media = decode_speech(recording.source, speech, limits=recording.limits, progress=progress)
    return replace(recording, media=media, speech=speech)
