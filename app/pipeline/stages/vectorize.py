"""The stage that turns the sound of a recording into one vector."""

from dataclasses import dataclass, replace

import numpy as np
from pydantic import FiniteFloat, TypeAdapter

from app.audio.wav import WavFile
from app.engines.base import Embedding
from app.engines.registry import Engines
from app.errors import N_
from app.pipeline.checkpoint import Checkpoint, checkpoint_path, file_identity
from app.pipeline.recording import Recording
from app.pipeline.stage import Artifact, StageInfo
from app.progress import Progress, part_of

READY = 0.05  # share of the stage for getting the engine, weights perhaps among it


def vectorize(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Make the vector of `recording.speech`, pooled as `recording.pooling` says.

    After a kill it goes on after the last windows whose states were pooled.
    """
    assert recording.speech is not None, "extract runs before vectorize"
    embedder = engines.embedder(part_of(progress, 0.0, READY))
    sound = WavFile(recording.speech)
    of = {
        "engine": embedder.identity,
        "pooling": recording.pooling,
        "sound": file_identity(recording.speech),
    }
    checkpoint = Checkpoint(checkpoint_path(recording.folder, "vectorize"), of, recording.kept)
    embedding = embedder.embed(sound, recording.pooling, part_of(progress, READY, 1.0), checkpoint)
    return replace(recording, embedding=embedding)


@dataclass(frozen=True, slots=True)
class VectorFile:
    """How the stage is kept. dimension: of the vector, to tell that it is whole."""

    engine: str
    pooling: str
    dimension: int
    vector: tuple[FiniteFloat, ...]


def _dump(recording: Recording) -> VectorFile:
    embedding = recording.embedding
    if embedding is None:
        raise TypeError("vectorize must return a vector")
    vector = tuple(embedding.vector.tolist())
    return VectorFile(embedding.engine, embedding.pooling, len(vector), vector)


def _load(recording: Recording, kept: VectorFile) -> Recording | None:
    if len(kept.vector) != kept.dimension:
        return None
    vector = np.array(kept.vector, np.float32)
    return replace(recording, embedding=Embedding(vector, kept.engine, kept.pooling))


INFO = StageInfo(
    "vectorize",
    Artifact(
        "vector.json",
        TypeAdapter(VectorFile),
        _dump,
        _load,
        lambda recording: recording.embedding.engine if recording.embedding else "",
    ),
    vectorize,
    title=N_("Vector"),
    sentence=N_("Making the vector of the sound"),
    switch=N_("Make a vector of the sound, to find recordings alike"),
    of_sound_alone=True,
    typical_cost=0.2,
)
