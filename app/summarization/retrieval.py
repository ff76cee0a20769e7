"""Finds the lines of a transcript that a question is about, by TF-IDF; for `questions`."""

from collections.abc import Sequence

import numpy as np

from app.documents.transcript import Segment
from app.summarization.rank import tf_idf
from app.summarization.words import content

_BEST = 6  # lines that are most like the question; with those around them it is about a page
_AROUND = 1  # lines before and after each: an answer often stands beside the words that were asked for
_NEIGHBOUR = 0.5  # how much of a line's likeness counts for the lines beside it


def relevant(segments: Sequence[Segment], question: str, language: str, at_most: int) -> list[int]:
    """Return the numbers of the lines that may answer a question, in their order; all of a short talk.

    Empty where no line shares a word with the question.
    """
    if len(segments) <= at_most:
        return list(range(len(segments)))
    words = [content(f"{one.speaker or ''} {one.text}", language) for one in segments]
    rows, _ = tf_idf([*words, content(question, language)])
    alike = (rows[:-1] @ rows[-1].T).toarray().ravel()
    worth = alike.copy()
    worth[1:] += _NEIGHBOUR * alike[:-1]
    worth[:-1] += _NEIGHBOUR * alike[1:]
    chosen: set[int] = set()
    for n in np.argsort(-worth, kind="stable")[:_BEST]:
        near = range(max(0, int(n) - _AROUND), min(len(segments), int(n) + 1 + _AROUND))
        if worth[n] <= 0 or len(chosen.union(near)) > at_most:
            break
        chosen.update(near)
    return sorted(chosen)
