"""The same sentences heard in several orders: how many words are wrong in all, and how sure that is."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.figure import Figure
from benchmarks.sentences import RATE, joined, n_words, shuffled, wrong_words

OURS, *THEIRS = COMPARED = ("balanced", "whisper command", "faster-whisper")
AT_ONCE = 2
SHARE = 2  # orders that one process hears: it loads its model once, and the slowest end together
N_DRAWS = 4000
Hear = Callable[[str, Sequence[Path]], list[dict[str, Any]]]
"""Takes a recognizer and recordings; returns what it heard of each."""


def measure(n_orders: int, hear: Hear) -> Iterator[Figure]:
    """Yield the pooled word error rates, and how far ours is above the best.

    A recording has each sentence once. What is wrong is counted by sentence and summed over the orders: one
    order is a toss-up. The interval is of a bootstrap over sentences, since each is heard in all orders.
    """
    orders = [shuffled(seed) for seed in range(1, n_orders + 1)]
    wrong = {name: Counter[str]() for name in COMPARED}
    with tempfile.TemporaryDirectory() as made, ThreadPoolExecutor(AT_ONCE) as pool:
        paths = [Path(made) / f"{n}.wav" for n in range(n_orders)]
        for path, order in zip(paths, orders, strict=True):
            soundfile.write(path, joined([name for name, _ in order]), RATE)
        shares = [range(first, n_orders)[:SHARE] for first in range(0, n_orders, SHARE)]
        work = [
            (name, share, pool.submit(hear, name, [paths[n] for n in share]))
            for name in ("whisper command", "faster-whisper", "balanced")  # the slowest first
            for share in shares
        ]
        for name, share, future in work:
            for n, heard in zip(share, future.result(), strict=True):
                said = [text for _, text in orders[n]]
                text = " ".join(text for _, _, text in heard["heard"])
                wrong[name].update(dict(zip(said, wrong_words(said, text), strict=True)))
    words = {text: n_orders * n_words(text) for _, text in orders[0]}
    yield from figures(wrong, words, n_orders)


def figures(
    wrong: Mapping[str, Mapping[str, int]], words: Mapping[str, int], n_orders: int
) -> Iterator[Figure]:
    """Tell what was counted.

    Args:
        wrong: recognizer -> sentence -> its wrong words in all orders.
        words: sentence -> its words in all orders.
    """
    n, of = sum(words.values()), f"{n_orders} orders"
    yield Figure(f"{of}: words", n)
    rates = {name: sum(wrong[name].values()) / n for name in COMPARED}
    for name, rate in rates.items():
        yield Figure(f"{of}, {name}: word error rate", rate)
    best = min(THEIRS, key=rates.__getitem__)
    said = np.array([words[text] for text in words])
    more = np.array([wrong[OURS].get(text, 0) - wrong[best].get(text, 0) for text in words])
    drawn = np.random.default_rng(0).integers(len(said), size=(N_DRAWS, len(said)))
    low, high = np.percentile(more[drawn].sum(axis=1) / said[drawn].sum(axis=1), (2.5, 97.5))
    above = f"{of}: word error rate above the best of them, {best}"
    yield Figure(above, rates[OURS] - rates[best], at_most=0.005)
    yield Figure(f"{above}, 95 % from", float(low))
    yield Figure(f"{above}, 95 % to", float(high))
