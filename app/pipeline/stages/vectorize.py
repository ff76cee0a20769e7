"""The stage that turns the sound of a recording into one vector."""

from dataclasses import replace

from app.audio.wav import WavFile
from app.engines.registry import Engines
from app.pipeline.recording import Recording
from app.progress import Progress, part_of

READY = 0.05  # share of the stage for getting the engine, weights perhaps among it


def vectorize(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Make the vector of `recording.speech`, pooled as `recording.pooling` says."""
    assert recording.speech is not None, "extract runs before vectorize"
    embedder = engines.embedder(part_of(progress, 0.0, READY))
    sound = WavFile(recording.speech)
    embedding = embedder.embed(sound, recording.pooling, part_of(progress, READY, 1.0))
    return replace(recording, embedding=embedding)
