"""One vector out of many: pool hidden states over time, as a stream."""

from io import BytesIO
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]
States = npt.NDArray[np.floating[Any]]


class Pooling(Protocol):
    def add(self, states: States) -> None:
        """Take more hidden states, (time, dimension)."""
        ...

    def vector(self) -> Vector: ...


class Moments:
    """Mean and scatter of all states so far, merged exactly (Chan, Golub, LeVeque 1979)."""

    def __init__(self) -> None:
        self.n = 0
        self.mean: npt.NDArray[np.float64] = np.zeros(0)
        self.scatter: npt.NDArray[np.float64] = np.zeros((0, 0))

    def add(self, states: States) -> None:
        new = states.astype(np.float64)
        n, mean = len(new), new.mean(axis=0)
        centred = new - mean
        scatter = centred.T @ centred
        if self.n:
            shift = mean - self.mean
            scatter += self.scatter + np.outer(shift, shift) * (self.n * n / (self.n + n))
            mean = self.mean + shift * (n / (self.n + n))
        self.n, self.mean, self.scatter = self.n + n, mean, scatter


class FirstComponent(Moments):
    """The first principal component over time: what changes most while somebody speaks.

    Equal to `sklearn.decomposition.PCA(n_components=1).fit(states).components_[0]`, its sign rule
    included (the largest loading is positive), in memory that does not grow: (dimension, dimension).
    """

    def vector(self) -> Vector:
        from scipy.linalg import eigh

        last = len(self.scatter) - 1  # eigenvalues ascend; the others would cost four times as much
        _, vectors = eigh(self.scatter, subset_by_index=(last, last), check_finite=False)
        first = vectors[:, 0]
        return np.asarray(first * np.sign(first[np.abs(first).argmax()]), np.float32)


class Mean:
    """The mean over time."""

    def __init__(self) -> None:
        self.n = 0
        self.sum: npt.NDArray[np.float64] = np.zeros(0)
        self.squares: npt.NDArray[np.float64] = np.zeros(0)

    def add(self, states: States) -> None:
        new = states.astype(np.float64)
        if not self.n:
            self.sum, self.squares = np.zeros(new.shape[1]), np.zeros(new.shape[1])
        self.n += len(new)
        self.sum += new.sum(axis=0)
        self.squares += np.square(new).sum(axis=0)

    def vector(self) -> Vector:
        return np.asarray(self.sum / self.n, np.float32)


class MeanStd(Mean):
    """Mean and standard deviation over time, one after the other: twice the dimension."""

    def vector(self) -> Vector:
        mean = self.sum / self.n
        std = np.sqrt(np.maximum(0, self.squares / self.n - mean**2))
        return np.asarray(np.concatenate([mean, std]), np.float32)


def packed(pooling: Pooling, n_batches: int) -> bytes:
    """Write down how far a pooling is, after so many batches of states."""
    file = BytesIO()
    np.savez(file, n_batches=np.array(n_batches), **vars(pooling))
    return file.getvalue()


def unpacked(pooling: Pooling, state: bytes) -> int:
    """Bring a new pooling to where `packed` has written it down; return after how many batches that was."""
    with np.load(BytesIO(state), allow_pickle=False) as arrays:
        for name in vars(pooling):
            setattr(pooling, name, int(arrays[name]) if name == "n" else arrays[name])
        return int(arrays["n_batches"])


POOLINGS: dict[str, type[Pooling]] = {"pca": FirstComponent, "mean": Mean, "mean+std": MeanStd}
