"""LocalAgreement-2: words that two hypotheses in a row begin with are taken as settled.

Liu et al. 2020 (Low-Latency Sequence-to-Sequence Speech Recognition and Translation by Partial Hypothesis
Selection), section 3; as in Macháček et al. 2023 (arXiv 2307.14743).
"""

from collections.abc import Sequence


class Agreement:
    """What is settled of one utterance. It only grows."""

    def __init__(self) -> None:
        self._last: tuple[str, ...] = ()
        self.settled: tuple[str, ...] = ()

    def add(self, words: Sequence[str]) -> str:
        """Take the next hypothesis; return what to show: what is settled, then the rest of `words`."""
        n = len(self.settled)
        agreed = n
        while agreed < min(len(words), len(self._last)) and same(words[agreed], self._last[agreed]):
            agreed += 1
        self.settled += tuple(words[n:agreed])
        self._last = tuple(words)
        return " ".join((*self.settled, *words[len(self.settled) :]))


def same(one: str, other: str) -> bool:
    """Compare words as people read them: commas and capitals come and go."""
    return one.casefold().strip(".,!?…:;«»\"'") == other.casefold().strip(".,!?…:;«»\"'")
