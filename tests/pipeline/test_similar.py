"""Which recordings sound alike."""

import numpy as np
import pytest

from app.engines.base import Embedding
from app.pipeline.similar import nearest, plane


def embedding(*values: float, engine: str = "an engine", pooling: str = "pca") -> Embedding:
    return Embedding(np.array(values, np.float32), engine, pooling)


def test_the_nearest_comes_first_by_angle_and_not_by_length() -> None:
    others = [("far", embedding(0, 1)), ("same way, longer", embedding(9, 1)), ("against", embedding(-1, 0))]
    found = nearest(embedding(1, 0), others)
    assert [one.of for one in found] == ["same way, longer", "far", "against"]
    assert found[0].similarity == pytest.approx(9 / 82**0.5)
    assert found[2].similarity == pytest.approx(-1)


@pytest.mark.parametrize(
    "other", [embedding(1, 0, engine="another"), embedding(1, 0, pooling="mean"), embedding(1, 0, 0)]
)
def test_vectors_of_different_spaces_are_never_compared(other: Embedding) -> None:
    assert nearest(embedding(1, 0), [("other", other)]) == ()


def test_a_vector_of_zeros_is_like_nothing() -> None:
    assert nearest(embedding(0, 0), [("other", embedding(1, 0))])[0].similarity == 0


def test_the_map_keeps_what_is_near_near() -> None:
    rng = np.random.default_rng(0)
    one, two = np.eye(8)[0], np.eye(8)[1]
    points = [
        (name, embedding(*(centre + 0.05 * rng.standard_normal(8))))
        for name, centre in (("a1", one), ("a2", one), ("b1", two), ("b2", two))
    ]
    places = {place.of: np.array([place.x, place.y]) for place in plane(points)}
    assert all(((at >= 0) & (at <= 1)).all() for at in places.values())
    near = max(np.linalg.norm(places["a1"] - places["a2"]), np.linalg.norm(places["b1"] - places["b2"]))
    assert near < 0.3 < np.linalg.norm(places["a1"] - places["b1"])


def test_the_map_is_that_of_the_principal_components() -> None:
    from sklearn.decomposition import PCA

    vectors = np.random.default_rng(1).standard_normal((9, 5))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    places = plane([(str(number), embedding(*row)) for number, row in enumerate(vectors)])
    flat = PCA(n_components=2).fit_transform(vectors.astype(np.float32).astype(np.float64))
    found = np.array([(place.x, place.y) for place in places])
    scale = np.ptp(flat, axis=0).max()
    np.testing.assert_allclose(found - found.mean(axis=0), (flat - flat.mean(axis=0)) / scale, atol=1e-5)


def test_two_points_make_no_map_and_equal_ones_lie_together() -> None:
    same = [(name, embedding(1, 0)) for name in "abc"]
    assert plane(same[:2]) == ()
    assert {(place.x, place.y) for place in plane(same)} == {(0.5, 0.5)}
