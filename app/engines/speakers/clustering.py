"""Clustering: which voices of different windows are the same person, and how many people there are.

Agglomerative clustering by average cosine distance, then of the clusters by their means. The number of
people, where it is not given, is what is left at distances chosen on composed talks: docs/speakers.md.
"""

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment

from app.engines.diarization import DiarizeOptions
from app.engines.speakers.embedding import Voices
from app.engines.speakers.segmentation import STEP_FRAMES, WINDOW_FRAMES

# Chosen on development talks and excerpts of 30 s of them: docs/speakers.md.
THRESHOLD = 0.56  # average cosine distance between the voices of two people
LEAST = 0.4  # and where more people are said to be there; below it one person would be parted
SAME = 0.45  # cosine distance between the mean voices of two people
MIN_S, SHARE = 1.0, 0.003  # of all speech: a smaller cluster is nobody's
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
    people = _people(labels, seconds)
    if len(people) < options.min_speakers:
        people = _more(tree, labels, seconds, options.min_speakers)
    return _means(vectors, seconds, _joined(vectors, seconds, people, options))


def _people(labels: Labels, seconds: Seconds) -> list[Labels]:
    """Return the rows of each cluster that speaks long enough to be a person; of one at least."""
    spoken_s = np.bincount(labels, seconds)
    least_s = min(max(MIN_S, SHARE * seconds.sum()), spoken_s.max())
    return [np.flatnonzero(labels == label) for label in np.flatnonzero(spoken_s >= least_s)]


def _more(tree: Tree, labels: Labels, seconds: Seconds, wanted: int) -> list[Labels]:
    """Find more people than speak long enough: those who say little, else longer ones a little alike."""
    if labels.max() < wanted:
        for distance in np.arange(THRESHOLD, LEAST, -0.01):
            finer = fcluster(tree, distance, "distance")
            if len(_people(finer, seconds)) >= wanted:
                return _people(finer, seconds)
        labels = fcluster(tree, wanted, "maxclust")
    order = np.argsort(-np.bincount(labels, seconds), kind="stable")
    rows = [np.flatnonzero(labels == label) for label in order[:wanted]]
    return [members for members in rows if len(members)]


def _joined(
    vectors: Vectors, seconds: Seconds, people: list[Labels], options: DiarizeOptions
) -> list[Labels]:
    """Join people whose mean voices are near each other, the nearest first, and more where fewer are wanted.

    The mean of several seconds is surer than the vectors that it is made of.
    """
    while len(people) > options.min_speakers:
        means = _means(vectors, seconds, people)
        distances = 1.0 - means @ means.T + 2.0 * np.eye(len(people))
        one, other = sorted(np.unravel_index(int(distances.argmin()), distances.shape))
        if distances[one, other] >= SAME and len(people) <= options.max_speakers:
            break
        people[one] = np.concatenate([people[one], people.pop(other)])
    return people


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
