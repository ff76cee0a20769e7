"""Which recordings of a folder sound like one: an index over its vectors, for a hundred thousand of them.

By scikit-learn's exhaustive search, which misses none. What it costs stands in docs/vectors.md.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from app.audio.atomic import atomic_write
from app.engines.base import Embedding
from app.engines.pooling import Vector
from app.errors import N_, BadInput, NotFound
from app.pipeline.batch.journal import JOURNAL, Journal

MATRIX, HEAD = "audio_index.npy", "audio_index.json"
EMPTY = N_("There are no vectors in %(folder)s. Make some first: flask vectorize.")
UNKNOWN_KEY = N_("There is no vector of %(key)s in %(folder)s.")


@dataclass(frozen=True, slots=True)
class Near:
    """similarity: the cosine of the angle, -1 to 1; 1 is the same direction."""

    key: str
    similarity: float


@dataclass(frozen=True, slots=True)
class _Head:
    """What the kept matrix was made of: a journal of this size and age."""

    size_bytes: int
    mtime_ns: int
    keys: list[str]
    engine: str
    pooling: str


class VectorIndex:
    """Vectors of one engine and pooling, without those of zeros: they have no direction.

    Args:
        units: (n, dimension) float32, each of length 1.
    """

    def __init__(self, keys: list[str], units: Vector, engine: str, pooling: str) -> None:
        from sklearn.neighbors import NearestNeighbors

        self.engine, self.pooling = engine, pooling
        self._keys, self._units = keys, units
        self._places = {key: place for place, key in enumerate(keys)}
        # between vectors of length 1 the nearest by distance is the nearest by angle, and is found faster
        self._search = NearestNeighbors(algorithm="brute", metric="euclidean").fit(units)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def nearest_to(self, key: str, n: int = 10) -> list[Near]:
        """Return those nearest to a recording of the index, without itself."""
        unit = self._units[self._places[key]]
        return [near for near in self._nearest(unit, n + 1) if near.key != key][:n]

    def nearest(self, embedding: Embedding, n: int = 10) -> list[Near]:
        """Return those nearest to another recording. Raises BadInput where they cannot be compared."""
        if (embedding.engine, embedding.pooling) != (self.engine, self.pooling):
            raise BadInput(
                N_("These vectors are by %(old)s, and this one by %(new)s: they cannot be compared."),
                old=f"{self.engine} {self.pooling}",
                new=f"{embedding.engine} {embedding.pooling}",
            )
        return self._nearest(_unit(embedding.vector), n)

    def _nearest(self, unit: Vector, n: int) -> list[Near]:
        (found,) = self._search.kneighbors(unit[None], min(n, len(self)), return_distance=False)
        return [Near(self._keys[place], float(self._units[place] @ unit)) for place in found]


def load_index(folder: Path, keep: bool = True) -> VectorIndex:
    """Read the index of a folder, which is made anew where its journal has grown.

    Args:
        keep: leave it in the folder, so that the next call need not read the journal.

    Raises:
        NotFound: there are no vectors.
    """
    path = folder / JOURNAL
    if not path.exists():
        raise NotFound(EMPTY, folder=str(folder))
    found = path.stat()
    head = _kept(folder)
    if head and (head.size_bytes, head.mtime_ns) == (found.st_size, found.st_mtime_ns):
        return VectorIndex(head.keys, np.load(folder / MATRIX, mmap_mode="r"), head.engine, head.pooling)
    journal = Journal(folder, reads_only=True)
    try:
        keys, units = _units_of(journal)
        space = journal.space
    finally:
        journal.close()
    if not keys or space is None:
        raise NotFound(EMPTY, folder=str(folder))
    head = _Head(found.st_size, found.st_mtime_ns, keys, *space)
    if keep:
        with atomic_write(folder / MATRIX) as part, part.open("wb") as file:
            np.save(file, units)
            file.flush()
            os.fsync(file.fileno())
        with atomic_write(folder / HEAD) as part:
            part.write_bytes(TypeAdapter(_Head).dump_json(head))
    return VectorIndex(keys, units, head.engine, head.pooling)


def _kept(folder: Path) -> _Head | None:
    try:
        head = TypeAdapter(_Head).validate_json((folder / HEAD).read_bytes())
        rows = np.load(folder / MATRIX, mmap_mode="r").shape[0]
    except (OSError, ValueError, ValidationError):
        return None
    return head if rows == len(head.keys) else None


def _units_of(journal: Journal) -> tuple[list[str], Vector]:
    keys: list[str] = []
    units = np.zeros((0, 0), np.float32)
    for done in journal.done():
        if not units.size:
            units = np.empty((len(journal) - len(journal.failed), len(done.vector)), np.float32)
        if done.vector.any():
            units[len(keys)] = _unit(done.vector)
            keys.append(done.key)
    return keys, units[: len(keys)]


def _unit(vector: Vector) -> Vector:
    length = float(np.linalg.norm(vector.astype(np.float64)))
    return np.asarray(vector / length if length else vector, np.float32)
