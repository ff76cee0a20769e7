"""Choices: records are made of drawn bytes, which takes a tenth of the time of Hypothesis's own strategies.

So hundreds of cases can be tried in every run. Hypothesis makes the bytes of a case that fails smaller, and
zero is always the plainest choice.
"""

import struct
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices:
    """Reads choices from bytes, one after the other; when they are used up, each is the first one."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def below(self, n: int) -> int:
        """Choose a whole number from 0 on, below `n`."""
        width = 1 if n <= 1 << 8 else 2 if n <= 1 << 16 else 3
        return int.from_bytes(self.bytes(width), "big") % n

    def bytes(self, n: int) -> bytes:
        """Take `n` bytes as they are."""
        taken = self._data[self._at : self._at + n]
        self._at += n
        return taken.ljust(n, b"\0")

    def one_of(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def several(self, most: int, make: Callable[["Choices"], T]) -> tuple[T, ...]:
        """Make up to `most` of something."""
        return tuple(make(self) for _ in range(self.below(most + 1)))

    def between(self, low: float, high: float) -> float:
        """Choose a number of about five digits within bounds."""
        return low + (high - low) * self.below(1 << 17) / ((1 << 17) - 1)

    def number(self) -> float:
        """Choose any number that a float can be, mostly a time that a recording may have."""
        match self.below(8):
            case 0 | 1 | 2 | 3:
                return self.below(1 << 16) / 9.1
            case 4:
                return -self.below(1 << 16) / 9.1
            case 5 | 6:
                return self.one_of(ODD_NUMBERS)
            case _:
                found: float = struct.unpack(">d", self.bytes(8))[0]
                return found


ODD_NUMBERS = (0.0, -0.0, float("nan"), float("inf"), float("-inf"), 1e300, -1e300, 5e-324, 2.0**53, 1e-9)


def made(make: Callable[[Choices], T], n_bytes: int) -> st.SearchStrategy[T]:
    """Return a strategy that makes something of so many bytes at most."""
    return st.binary(min_size=n_bytes, max_size=n_bytes).map(lambda data: make(Choices(data)))
