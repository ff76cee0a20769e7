import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as program
from benchmarks.__main__ import main
from benchmarks.figure import Figure
from benchmarks.one import NotWholeError


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


def test_figures_are_printed_beside_those_of_an_earlier_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(name: str, *, long: bool) -> Iterator[float | Figure]:
        yield 2.5
        yield Figure("answers", values.pop(0), " ms", at_most=100)
        if len(values) == 0:
            raise NotWholeError("it failed with status 3")

    values = [10.0, 200.0]
    monkeypatch.setattr(program, "measured", measured)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert main(["pages", "--json", str(first)]) == 0
    said = capsys.readouterr().out
    assert "pages: about 2.5 min" in said
    assert "answers: 10 ms at most 100 ms holds" in said
    assert main(["pages", "--json", str(second), "--against", str(first)]) == 1
    said = capsys.readouterr().out
    assert "answers: 200 ms at most 100 ms misses  (before: 10 ms)" in said
    assert "pages is not whole: it failed with status 3" in said
    assert json.loads(second.read_text())["modules"]["pages"]["cut_off"] == "it failed with status 3"
