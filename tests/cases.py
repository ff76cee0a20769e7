"""How many cases Hypothesis tries: a few in every run, the same each time; very many by `make fuzz`."""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

T = TypeVar("T")
CASES = 500  # of each property in every run
FUZZ = int(os.environ.get("KONSPEKT_FUZZ", "0"))

# Without luck and without a clock: a loaded machine finds what an idle one finds. The case that fails is made
# smaller only where many are tried, for this takes minutes.
settings.register_profile(
    "konspekt",
    max_examples=FUZZ or CASES,
    derandomize=not FUZZ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=tuple(Phase) if FUZZ else (Phase.explicit, Phase.generate),
)
settings.load_profile("konspekt")


def cases(few: int = CASES) -> settings:
    """Return settings for a test that draws `few` cases in every run, and far more by `make fuzz`."""
    return settings(max_examples=FUZZ or few)


def drawn(strategy: st.SearchStrategy[T], few: int = CASES) -> list[T]:
    """Draw all cases at once, for a test that tries many of them in one costly document or page."""
    found: list[T] = []

    @given(strategy)
    @cases(few)
    def draw(one: T) -> None:
        found.append(one)

    draw()
    return found


def tried_in_packs(
    every: Sequence[T], n: int, packed: Callable[[Sequence[T]], T], check: Callable[[T], None]
) -> None:
    """Check `n` cases at a time as one; where that fails, the first one that fails alone says why."""
    for at in range(0, len(every), n):
        pack = every[at : at + n]
        try:
            check(packed(pack))
        except Exception:
            for one in pack:
                check(one)
            raise  # only all of them together fail
