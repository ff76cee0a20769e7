"""Which recordings sound alike: by the angle between their vectors, and as points on a plane."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from app.engines.base import Embedding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Alike(Generic[T]):
    """similarity: the cosine of the angle, -1 to 1; 1 is the same direction."""

    of: T
    similarity: float


@dataclass(frozen=True, slots=True)
class Place(Generic[T]):
    """A point of the map; x, y in 0..1, y upwards."""

    of: T
    x: float
    y: float


def comparable(one: Embedding, other: Embedding) -> bool:
    """Tell whether two vectors lie in one space: made by one engine in one way."""
    return (one.engine, one.pooling, len(one.vector)) == (other.engine, other.pooling, len(other.vector))


def nearest(
    embedding: Embedding, others: Sequence[tuple[T, Embedding]], limit: int = 10
) -> tuple[Alike[T], ...]:
    """Return those of the others that can be compared, the most similar first."""
    alike = [Alike(of, _cosine(embedding, other)) for of, other in others if comparable(embedding, other)]
    return tuple(sorted(alike, key=lambda one: -one.similarity)[:limit])


def plane(points: Sequence[tuple[T, Embedding]]) -> tuple[Place[T], ...]:
    """Lay comparable vectors out by their first two principal components; () for fewer than three."""
    if len(points) < 3:
        return ()
    vectors = np.stack([embedding.vector for _, embedding in points]).astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.where(lengths, lengths, 1)
    if not np.ptp(vectors, axis=0).any():  # all the same: there is no direction to lay them out along
        return tuple(Place(of, 0.5, 0.5) for of, _ in points)
    flat = _two_components(vectors)
    widest = float(np.ptp(flat, axis=0).max())  # one scale for both, so that distances are true
    centre = (flat.max(axis=0) + flat.min(axis=0)) / 2
    scaled = (flat - centre) / widest + 0.5
    return tuple(Place(of, float(x), float(y)) for (of, _), (x, y) in zip(points, scaled, strict=True))


def _two_components(vectors: np.ndarray) -> np.ndarray:
    """Return [n, 2], what `sklearn.decomposition.PCA` gives; a page need not wait while that is imported."""
    centred = vectors - vectors.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2][:2]
    largest = np.abs(directions).argmax(axis=1)
    flat: np.ndarray = centred @ (directions * np.sign(directions[[0, 1], largest])[:, None]).T
    return flat


def _cosine(one: Embedding, other: Embedding) -> float:
    a, b = one.vector.astype(np.float64), other.vector.astype(np.float64)
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths else 0.0
