"""How much is measured: so little that it ends within minutes, or more, by `--long`."""

import os
from typing import TypeVar

VARIABLE = "KONSPEKT_BENCHMARK_LONG"
LONG = bool(os.environ.get(VARIABLE))

T = TypeVar("T")


def of(short: T, long: T) -> T:
    """Return the amount that is measured."""
    return long if LONG else short
