"""From a file that was sent or fetched to the vector of its sound, outside of a job."""

import time
from dataclasses import dataclass
from pathlib import Path

from app.audio.decode import decode_speech
from app.audio.limits import Limits
from app.audio.media import Media
from app.audio.wav import WavFile
from app.engines.base import Embedding
from app.engines.registry import Engines
from app.pipeline.speech_finder import speech_finder
from app.progress import Progress

SPEECH = "speech.wav"


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """embedding: of the sound; media: of the source; processing_s: decoding and computing, not fetching."""

    embedding: Embedding
    media: Media
    processing_s: float


def embed_file(
    source: Path, folder: Path, engines: Engines, pooling: str, limits: Limits, progress: Progress
) -> EmbeddedFile:
    """Decode `source` into `folder` and embed it.

    Raises:
        BadInput: the file cannot be used; TooLarge; StorageFull; EngineUnavailable.
    """
    began = time.monotonic()
    speech = folder / SPEECH

    def check(_done: float) -> None:
        progress(0.0)

    media = decode_speech(
        source, speech, limits=limits, progress=check, find_speech=speech_finder(engines, check)
    )
    embedding = engines.embedder(lambda _: progress(0.0)).embed(WavFile(speech), pooling, progress)
    return EmbeddedFile(embedding, media, time.monotonic() - began)
