import numpy as np
import pytest
from sklearn.decomposition import PCA

from app.engines.pooling import POOLINGS, FirstComponent, States


def states(n: int, dimension: int = 64) -> States:
    rng = np.random.default_rng(2)
    mixing = rng.standard_normal((dimension, dimension)) * np.linspace(2, 0.1, dimension)[:, None]
    return (rng.standard_normal((n, dimension)) @ mixing + 5).astype(np.float32)


@pytest.mark.parametrize("piece", [1, 7, 100, 500])
def test_the_streamed_first_component_equals_scikit_learns(piece: int) -> None:
    every = states(500)
    pool = FirstComponent()
    for at in range(0, len(every), piece):
        pool.add(every[at : at + piece])
    whole = PCA(n_components=1, svd_solver="full").fit(every.astype(np.float64)).components_[0]
    np.testing.assert_allclose(pool.vector(), whole, atol=1e-4)
    assert pool.vector().dtype == np.float32


@pytest.mark.parametrize(("name", "dimension"), [("pca", 64), ("mean", 64), ("mean+std", 128)])
def test_every_pooling_is_the_same_however_the_stream_is_cut(name: str, dimension: int) -> None:
    every = states(300)
    whole, parts = POOLINGS[name](), POOLINGS[name]()
    whole.add(every)
    for part in np.array_split(every, 11):
        parts.add(part)
    assert whole.vector().shape == (dimension,)
    np.testing.assert_allclose(whole.vector(), parts.vector(), rtol=1e-4, atol=1e-5)


def test_mean_and_deviation_are_numpys() -> None:
    every = states(300)
    pool = POOLINGS["mean+std"]()
    pool.add(every)
    np.testing.assert_allclose(pool.vector(), np.concatenate([every.mean(0), every.std(0)]), rtol=1e-4)


def test_one_state_has_a_component() -> None:
    pool = FirstComponent()
    pool.add(states(1))
    assert np.isfinite(pool.vector()).all()
