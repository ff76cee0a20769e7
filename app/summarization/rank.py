"""Ranks sentences by what they say: TF-IDF, LexRank, and MMR against repetition; for `extraction`."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Scores = npt.NDArray[np.float64]


def tf_idf(documents: Sequence[Sequence[str]]) -> tuple[csr_matrix, list[str]]:
    """Return the rows (n, terms), each of length one, and the terms of its columns."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not any(documents):
        return csr_matrix((len(documents), 1)), [""]
    vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True)
    rows = vectorizer.fit_transform(documents)
    return csr_matrix(rows), [str(term) for term in vectorizer.get_feature_names_out()]


def lexrank(rows: csr_matrix, prior: Scores, damping: float = 0.85, steps: int = 60) -> Scores:
    """Return the centrality of sentences that sums to one.

    Erkan & Radev 2004, "LexRank", section 3.3 (continuous LexRank); the jump goes to `prior`, (n,),
    as in biased LexRank, so that greetings and half sentences do not profit from each other.
    Memory is n² for one topic, so give it one topic at a time.
    """
    prior = prior / prior.sum()
    similar = (rows @ rows.T).toarray()
    np.fill_diagonal(similar, 0.0)
    sums = similar.sum(axis=1, keepdims=True)
    walk = np.divide(similar, sums, out=np.tile(prior, (len(prior), 1)), where=sums > 0)
    scores = prior.copy()
    for _ in range(steps):
        scores = damping * (scores @ walk) + (1 - damping) * prior
    return np.asarray(scores * prior / (scores * prior).sum())


def mmr(rows: csr_matrix, scores: Scores, n: int, trade: float = 0.7, most_alike: float = 0.6) -> list[int]:
    """Choose up to n rows that matter and do not repeat each other; best first.

    Carbonell & Goldstein 1998, "The use of MMR", section 2. Rows more alike than `most_alike` never
    stand together.
    """
    worth = scores / scores.max() if scores.size and scores.max() > 0 else scores
    chosen: list[int] = []
    alike = np.zeros(len(scores))
    open_ = worth > 0
    while len(chosen) < n and open_.any():
        gain = np.where(open_, trade * worth - (1 - trade) * alike, -np.inf)
        best = int(gain.argmax())
        chosen.append(best)
        alike = np.maximum(alike, (rows @ rows[best].T).toarray().ravel())
        open_ &= alike <= most_alike
        open_[best] = False
    return chosen
