"""The sound of whatever was sent, in the one form that engines take, and a picture if there is one."""

from contextlib import suppress
from dataclasses import replace

from app.audio.decode import decode_speech
from app.audio.poster import poster
from app.engines.registry import Engines
from app.errors import AppError
from app.pipeline.recording import Recording
from app.progress import Progress

SPEECH = "speech.wav"
POSTER = "poster.jpg"


def extract(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Decode the source to `speech.wav` in the recording's folder; a video also leaves `poster.jpg` there."""
    speech = recording.folder / SPEECH
    media = decode_speech(recording.source, speech, limits=recording.limits, progress=progress)
    with suppress(AppError, OSError):  # a recording without its picture is still a recording
        poster(recording.source, media, recording.folder / POSTER, on_tick=lambda _: progress(1.0))
    return replace(recording, media=media, speech=speech)
