"""The nearest recordings of a folder, beside a plain computation of every cosine."""

from pathlib import Path

import numpy as np
import pytest

from app.engines.base import Embedding
from app.errors import BadInput, NotFound
from app.pipeline.batch import index
from app.pipeline.batch.index import HEAD, MATRIX, load_index
from app.pipeline.batch.journal import Facts, opened

N, DIMENSION = 600, 48
FACTS = Facts(0.5, 2.0, 1, 16000, "an engine", "pca")
VECTORS = np.random.default_rng(5).standard_normal((N, DIMENSION)).astype(np.float32) * 7
VECTORS[17] = 0


def embedding(vector: np.ndarray, engine: str = "an engine") -> Embedding:
    return Embedding(vector, engine, "pca")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with opened(tmp_path) as journal:
        done = [(f"url {place}", embedding(row), FACTS) for place, row in enumerate(VECTORS)]
        journal.begin_with(done, [("bad", BadInput("404"))])
    return tmp_path


def cosines(vector: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(VECTORS, axis=1) * np.linalg.norm(vector)
    return np.divide(VECTORS @ vector, lengths, out=np.zeros(N, np.float32), where=lengths > 0)


def test_the_nearest_are_those_of_the_largest_cosine(folder: Path) -> None:
    found = load_index(folder)
    assert len(found) == N - 1
    assert "url 17" not in found, "zeros have no direction"
    asked = np.random.default_rng(6).standard_normal(DIMENSION).astype(np.float32)
    expected = cosines(asked)
    near = found.nearest(embedding(asked), 9)
    assert [one.key for one in near] == [f"url {place}" for place in np.argsort(-expected)[:9]]
    assert [one.similarity for one in near] == pytest.approx(np.sort(expected)[::-1][:9], abs=1e-5)


def test_a_recording_is_not_among_its_own_neighbours(folder: Path) -> None:
    near = load_index(folder).nearest_to("url 3", N + 50)
    assert len(near) == N - 2
    assert "url 3" not in {one.key for one in near}


def test_the_index_is_kept_until_the_journal_grows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_index(folder)
    with monkeypatch.context() as patch:
        patch.setattr(index, "_units_of", lambda journal: pytest.fail("it was kept"))
        load_index(folder)
    with opened(folder) as journal:
        journal.add(embedding(VECTORS[0] + 0.001), "new", FACTS)
        assert load_index(folder).nearest_to("url 0", 1)[0].key == "new", "also while a run works"
    (folder / MATRIX).write_bytes(b"spoilt")
    assert len(load_index(folder)) == N
    (folder / HEAD).write_text("{}")
    assert len(load_index(folder)) == N


def test_vectors_of_another_engine_are_refused(folder: Path) -> None:
    with pytest.raises(BadInput, match="cannot be compared"):
        load_index(folder, keep=False).nearest(embedding(VECTORS[0], "another"))


def test_a_folder_without_vectors_says_how_to_make_some(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="flask vectorize"):
        load_index(tmp_path)
    with opened(tmp_path) as journal:
        journal.fail("bad", BadInput("404"))
    with pytest.raises(NotFound, match="flask vectorize"):
        load_index(tmp_path)
