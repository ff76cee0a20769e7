"""Clustering: which voices of different windows are the same person, and how many people there are.

Agglomerative clustering by average cosine distance. The number of people, where it is not given, is that of
the clusters at a distance that was chosen on composed talks, beside other ways to count: docs/speakers.md.
"""

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment

from app.engines.diarization import DiarizeOptions
from app.engines.speakers.embedding import Voices
from app.engines.speakers.segmentation import STEP_FRAMES, WINDOW_FRAMES

THRESHOLD = 0.56  # average cosine distance between the voices of two people
LEAST = 0.4  # and where more people are said to be there; below it one person would be parted
MIN_S = 1.5  # of speech: a smaller cluster is nobody's
MAX_POINTS = 1500  # clustered at once, a quarter of a second: nothing else of the program runs meanwhile
POOLED_AT = 0.25  # distance below which voices of one part of a long recording are one

Labels = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float32]
Seconds = npt.NDArray[np.float64]
Tree = npt.NDArray[np.float64]  # as scipy links it


def cluster(voices: Voices, shape: tuple[int, ...], options: DiarizeOptions) -> Labels:
    """Return the speaker of each voice of each window; -1: it was too short to tell.

    Args:
        shape: (windows, frames, voices) of the segmentation.
    """
    labels = np.full((shape[0], shape[2]), -1, np.int64)
    if len(voices.vectors) == 0:
        return labels
    said_s = voices.seconds * STEP_FRAMES / WINDOW_FRAMES  # windows overlap: each moment is in several
    people = centroids(*pooled(voices.vectors, said_s), options)
    for window in np.unique(voices.window):
        rows = np.flatnonzero(voices.window == window)
        labels[window, voices.voice[rows]] = _assigned(voices.vectors[rows] @ people.T)
    return labels


def pooled(vectors: Vectors, seconds: Seconds) -> tuple[Vectors, Seconds]:
    """Join voices alike of each part of a long recording, so that what is clustered at once stays bounded."""
    if len(vectors) <= MAX_POINTS:
        return vectors, seconds
    parts = [slice(at, at + MAX_POINTS) for at in range(0, len(vectors), MAX_POINTS)]
    trees = [linkage(vectors[part], "average", metric="cosine") for part in parts if len(vectors[part]) > 1]
    parts = [part for part in parts if len(vectors[part]) > 1]  # one voice at the very end is not missed
    labels: list[Labels] = []
    for distance in np.arange(POOLED_AT, 2.0, 0.05):
        labels = [fcluster(tree, distance, "distance") for tree in trees]
        if sum(int(found.max()) for found in labels) <= MAX_POINTS:
            break
    rows = [
        part.start + np.flatnonzero(found == label)
        for part, found in zip(parts, labels, strict=True)
        for label in np.unique(found)
    ]
    return _means(vectors, seconds, rows), np.array([seconds[members].sum() for members in rows])


def centroids(vectors: Vectors, seconds: Seconds, options: DiarizeOptions) -> Vectors:
    """Return the mean voice of each person, (people, dimension), of length 1."""
    if len(vectors) == 1:
        return vectors
    tree = linkage(vectors, "average", metric="cosine")
    labels = fcluster(tree, THRESHOLD, "distance")
    n = _n_spoken(labels, seconds)
    wanted = min(max(n, options.min_speakers), options.max_speakers)
    if wanted > n:
        labels = _parted(tree, labels, seconds, wanted)
    elif wanted < n:
        labels = _merged(tree, seconds, wanted)
    return _means(vectors, seconds, _largest(labels, seconds, wanted))


def _n_spoken(labels: Labels, seconds: Seconds) -> int:
    """Return how many clusters speak long enough to be people; one at least."""
    return max(1, int((np.bincount(labels, seconds) >= MIN_S).sum()))


def _parted(tree: Tree, labels: Labels, seconds: Seconds, wanted: int) -> Labels:
    """Cut the tree into more people than were found: long ones who are a little alike, else short ones."""
    for distance in np.arange(THRESHOLD, LEAST, -0.01):
        finer: Labels = fcluster(tree, distance, "distance")
        if _n_spoken(finer, seconds) >= wanted:
            return finer
    if labels.max() >= wanted:
        return labels
    return np.asarray(fcluster(tree, wanted, "maxclust"))


def _merged(tree: Tree, seconds: Seconds, wanted: int) -> Labels:
    """Cut the tree into fewer people than were found, each of whom speaks long enough."""
    for k in range(wanted, len(seconds)):
        labels: Labels = fcluster(tree, k, "maxclust")
        if _n_spoken(labels, seconds) >= wanted:
            return labels
    return np.asarray(fcluster(tree, wanted, "maxclust"))


def _largest(labels: Labels, seconds: Seconds, wanted: int) -> list[Labels]:
    """Return the rows of each of the `wanted` clusters that speak longest."""
    order = np.argsort(-np.bincount(labels, seconds), kind="stable")
    rows = [np.flatnonzero(labels == label) for label in order[:wanted]]
    return [members for members in rows if len(members)]


def _means(vectors: Vectors, seconds: Seconds, rows: list[Labels]) -> Vectors:
    """Return the mean of the vectors of each cluster, weighed by their seconds, of length 1."""
    sums = np.stack([seconds[members] @ vectors[members] for members in rows])
    means: Vectors = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)
    return means


def _assigned(likeness: Vectors) -> Labels:
    """Choose a person for each voice of one window; different ones, as far as there are enough.

    likeness: (voices, people).
    """
    best: Labels = likeness.argmax(axis=1)
    voices, people = linear_sum_assignment(-likeness)
    best[voices] = people
    return best
