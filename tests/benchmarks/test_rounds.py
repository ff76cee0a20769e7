"""What is measured ends within minutes, and says so before it begins."""

import re
from pathlib import Path

import pytest

from benchmarks import __main__ as program
from benchmarks import one, rounds


def test_more_is_measured_only_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "LONG", False)
    assert rounds.of(1, 2) == 1
    monkeypatch.setattr(rounds, "LONG", True)
    assert rounds.of(1, 2) == 2


@pytest.mark.parametrize("name", program.KNOWN)
def test_every_module_says_how_long_it_takes_and_that_is_less_than_its_limit(name: str) -> None:
    path = Path(program.__file__).parent / name
    text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    told = re.search(r"^TAKES_MIN = ([\d.]+)$", text, re.MULTILINE)
    assert told, "it does not say so"
    assert 0 < 60 * float(told[1]) < one.SHORT_S
