import pytest

from benchmarks.__main__ import main
from benchmarks.figure import Figure


@pytest.mark.parametrize(
    ("figure", "holds", "promise"),
    [
        (Figure("a", 1.1, "x", at_most=1.15), True, "at most 1.15x"),
        (Figure("a", 1.2, "x", at_most=1.15), False, "at most 1.15x"),
        (Figure("a", 3.0, "x", at_least=3), True, "at least 3x"),
        (Figure("a", 2.9, "x", at_least=3), False, "at least 3x"),
        (Figure("a", 99, " s"), True, ""),
    ],
)
def test_a_promise_holds_or_misses(figure: Figure, holds: bool, promise: str) -> None:
    assert (figure.holds, figure.promise) == (holds, promise)


def test_an_unknown_benchmark_is_refused_and_the_known_are_listed() -> None:
    with pytest.raises(SystemExit, match=r"no benchmark nonsense; there are .*extraction"):
        main(["nonsense"])
