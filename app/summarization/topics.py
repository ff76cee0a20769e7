"""Finds where one topic of a meeting ends and the next begins (TextTiling); for `extraction`."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags_array

from app.summarization.phrases import spoken

_WINDOW = 8  # sentences on each side of a border: about a minute of talk
_MIN_SENTENCES = 10
_MOST_TOPICS = 60  # of a whole day; more than that nobody reads
_SAID_MIN = 4  # a list of the agenda is no change of topic
_ANNOUNCED = (
    re.compile(
        spoken(
            r"^\W*(?:(?:ну|так|вот|и|хорошо|ладно|окей|да|всё|все|э+|тогда|коллеги|давайте)\W+)*"
            r"(?:(?:перв|втор|трет|четв[её]рт|пят|шест|следующ|последн)\w+ (?:вопрос|пункт|тем)|(?:теперь"
            r"|далее)\b"
            r"|по \w+(?: \w+)?[.,]?$|дальше(?: \w+){1,4}[.,]?$|(?:и )?последнее\b"
            r"|дальше (?:по|про|о|об|насч[её]т|у нас)\b|переходим|перейд[её]м|ид[её]м дальше|ещё (?:по|про"
            r"|один вопрос)\b)"
        ),
        re.IGNORECASE,
    ),
    re.compile(
        spoken(
            r"^\W*(?:(?:okay|ok|so|well|right|all right|alright|good|great|now|and|then|um|uh|perfect"
            r"|fine)\W+)*"
            r"(?:(?:the )?(?:first|second|third|fourth|fifth|next|last|final|another) (?:topic|item|thing"
            r"|point|question"
            r"|issue|subject|agenda)|(?:first|next|last) up\b|next,|(?:secondly|thirdly|lastly|finally)\b"
            r"|(?:let's )?(?:move|moving) on|turning to|as for"
            r"|now (?:about|the|for)\b"
            r"|let's (?:talk about|start with|turn to|discuss|go to))"
        ),
        re.IGNORECASE,
    ),
)
_MAX_SENTENCES = 250  # keeps LexRank's n² small: 250² floats are half a megabyte


def borders(rows: csr_matrix, texts: Sequence[str]) -> list[int]:
    """Return where topics begin, 0 first.

    Where somebody says so («второй вопрос», "next item"), and by Hearst 1997, "TextTiling", section 5: the
    depth of the dips in the likeness of neighbouring blocks.

    Args:
        rows: (n, terms) TF-IDF of the sentences in order.
        texts: the n sentences.
    """
    n = rows.shape[0]
    shortest = n // _MOST_TOPICS
    said = [0]
    for i in range(1, n - _SAID_MIN + 1):
        if announces(texts[i]) and (i - said[-1] >= max(_SAID_MIN, shortest)):
            said.append(i)
    depth = _depths(_likeness(rows))
    real = depth[depth > 0]
    cut_off = float(real.mean() + real.std() / 2) if real.size else 0.0
    starts, least = said, max(_MIN_SENTENCES, shortest)
    deep = [int(gap) for gap in np.flatnonzero(depth >= max(cut_off, 0.1))]
    for gap in sorted(deep, key=lambda i: (-depth[i], i)):
        if n - gap >= least and all(abs(gap - start) >= least for start in starts):
            starts.append(gap)
    return _no_longer_than(_MAX_SENTENCES, sorted(starts), n)


def announces(text: str) -> bool:
    """Tell whether a sentence says that a topic begins."""
    return any(form.search(text) for form in _ANNOUNCED)


def _likeness(rows: csr_matrix) -> npt.NDArray[np.float64]:
    """Return the cosine of the blocks before and after each sentence; 1 at the ends and beside silence."""
    n = rows.shape[0]
    if n < _MIN_SENTENCES:
        return np.ones(n)
    before, after = (
        csr_matrix(diags_array(np.ones((_WINDOW, 1)), offsets=offsets, shape=(n, n)) @ rows)
        for offsets in (range(-_WINDOW, 0), range(_WINDOW))
    )
    norms = np.sqrt(_products(before, before) * _products(after, after))
    likeness = np.divide(_products(before, after), norms, out=np.ones(n), where=norms > 0)
    likeness[: _MIN_SENTENCES // 2] = 1.0
    likeness[n - _MIN_SENTENCES // 2 + 1 :] = 1.0
    return likeness


def _products(left: csr_matrix, right: csr_matrix) -> npt.NDArray[np.float64]:
    """Return the dot products of the rows of two matrices."""
    return np.asarray(left.multiply(right).sum(axis=1), np.float64).ravel()


def _depths(likeness: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how deep each local dip lies below the peaks on its two sides."""
    n, depth = len(likeness), np.zeros(len(likeness))
    left, right = _peaks(likeness), _peaks(likeness[::-1])[::-1]
    for i in range(1, n - 1):
        if likeness[i] <= likeness[i - 1] and likeness[i] <= likeness[i + 1]:
            depth[i] = min(left[i], 0.9) + min(right[i], 0.9) - 2 * likeness[i]
    return depth


def _peaks(likeness: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return what one comes to from each place by going left as long as it does not go down."""
    peaks = likeness.copy()
    for i in range(1, len(likeness)):
        if likeness[i - 1] >= likeness[i]:
            peaks[i] = peaks[i - 1]
    return peaks


def _no_longer_than(most: int, starts: list[int], n: int) -> list[int]:
    result = []
    for start, end in zip(starts, [*starts[1:], n], strict=True):
        pieces = -(-(end - start) // most) or 1
        result += [start + (end - start) * piece // pieces for piece in range(pieces)]
    return result
