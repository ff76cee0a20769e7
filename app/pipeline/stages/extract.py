"""The stage that decodes whatever was sent to the sound that engines take, and takes a video's picture."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import SerializerFunctionWrapHandler, TypeAdapter, WrapSerializer

from app.audio.decode import decode_speech
from app.audio.media import Media
from app.audio.poster import poster
from app.engines.registry import Engines
from app.errors import N_, AppError
from app.pipeline.playback import make_sound, make_waveform
from app.pipeline.recording import Recording
from app.pipeline.speech_finder import speech_finder
from app.pipeline.stage import Artifact, StageInfo
from app.progress import Progress

SPEECH = "speech.wav"
POSTER = "poster.jpg"


def extract(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Decode the source to `speech.wav` in the recording's folder; beside it goes what its page shows."""
    speech = recording.folder / SPEECH
    media = decode_speech(
        recording.source,
        speech,
        limits=recording.limits,
        progress=progress,
        find_speech=speech_finder(engines, progress),
    )
    with suppress(AppError, OSError):  # only its row on the page goes without one
        poster(recording.source, media, recording.folder / POSTER, on_tick=lambda _: progress(1.0))
    with suppress(AppError, OSError):  # the page then has none
        make_waveform(speech, recording.folder, lambda _: progress(1.0))
    if not recording.text_first:
        with suppress(AppError, OSError):  # the page then plays `speech.wav`
            make_sound(speech, recording.folder, lambda _: progress(1.0))
    return replace(recording, media=media, speech=speech)


def _without_empty(media: Media, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
    """Leave out what version 0.1.0 did not know, where there is nothing to say."""
    return {name: value for name, value in write(media).items() if value or name not in ("tracks", "remarks")}


@dataclass(frozen=True, slots=True)
class ExtractedFile:
    """How the stage is kept. speech: its name in the recording's folder."""

    media: Annotated[Media, WrapSerializer(_without_empty)]
    speech: str
    size_bytes: int


def _dump(recording: Recording) -> ExtractedFile:
    if recording.media is None or recording.speech is None:
        raise TypeError("extract must return media and speech")
    return ExtractedFile(recording.media, recording.speech.name, recording.speech.stat().st_size)


def _load(recording: Recording, kept: ExtractedFile) -> Recording | None:
    speech = recording.folder / Path(kept.speech).name
    if speech.stat().st_size != kept.size_bytes:
        return None
    return replace(recording, media=kept.media, speech=speech)


INFO = StageInfo(
    "extract",
    Artifact("media.json", TypeAdapter(ExtractedFile), _dump, _load, lambda _: "ffmpeg"),
    extract,
    title=N_("Sound"),
    sentence=N_("Taking out the sound"),
    always=True,
    typical_cost=0.01,
)
