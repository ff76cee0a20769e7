"""How the stage `vectorize` is kept as JSON."""

from dataclasses import replace
from typing import Any

import numpy as np

from app.engines.base import Embedding
from app.pipeline.recording import Recording


def dump_vector(recording: Recording) -> dict[str, Any]:
    embedding = recording.embedding
    if embedding is None:
        raise TypeError("vectorize must return a vector")
    return {
        "engine": embedding.engine,
        "pooling": embedding.pooling,
        "dimension": len(embedding.vector),
        "vector": embedding.vector.tolist(),
    }


def load_vector(recording: Recording, data: dict[str, Any]) -> Recording | None:
    vector = np.array(data["vector"], np.float32)
    if vector.shape != (data["dimension"],) or not np.isfinite(vector).all():
        return None
    return replace(recording, embedding=Embedding(vector, data["engine"], data["pooling"]))


def embedded_by(recording: Recording) -> str:
    return recording.embedding.engine if recording.embedding else ""
