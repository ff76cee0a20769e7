"""Figures come one by one from a process that ends in time, with what it has started."""

import sys
import time
from pathlib import Path

import pytest

from benchmarks import one
from benchmarks.figure import Figure
from benchmarks.one import NotWholeError, measured

TELL = """
import json, os, subprocess, sys, time
pipe = open(int(sys.argv[2]), "w")
def tell(what):
    print(json.dumps(what), file=pipe, flush=True)
tell(2)
print("whatever a module prints is no figure")
tell({"what": "first", "value": 1.0, "unit": "", "at_most": None, "at_least": None})
"""
SECOND = """
tell({"what": os.environ.get("KONSPEKT_BENCHMARK_LONG", "short"), "value": 2.0, "unit": " s"})
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the file of a program that stands in a module's place."""
    script = tmp_path / "module.py"
    monkeypatch.setattr(one, "COMMAND", (sys.executable, str(script)))
    return script


@pytest.mark.parametrize(("long", "second"), [(False, "short"), (True, "1")])
def test_it_says_how_long_it_takes_and_then_each_figure(module: Path, long: bool, second: str) -> None:
    module.write_text(TELL + SECOND)
    assert list(measured("x", long=long)) == [2, Figure("first", 1.0), Figure(second, 2.0, " s")]


def test_what_was_measured_before_it_failed_is_kept(module: Path) -> None:
    module.write_text(TELL + "raise SystemExit(3)")
    figures = measured("x", long=False)
    assert [next(figures), next(figures)] == [2, Figure("first", 1.0)]
    with pytest.raises(NotWholeError, match="status 3"):
        next(figures)


def test_it_is_ended_in_time_with_what_it_has_started(
    module: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(one, "SHORT_S", 2.0)
    alive = tmp_path / "alive"
    child = f"import time\nwhile True:\n  open({str(alive)!r}, 'w').close()\n  time.sleep(.05)"
    module.write_text(TELL + f"subprocess.Popen([sys.executable, '-c', {child!r}])\ntime.sleep(600)")
    with pytest.raises(NotWholeError, match="ended after"):
        list(measured("x", long=False))
    time.sleep(0.3)
    alive.unlink(missing_ok=True)
    time.sleep(0.3)
    assert not alive.exists()


def test_whoever_stops_reading_leaves_no_process(module: Path) -> None:
    module.write_text(TELL + "time.sleep(600)")
    figures = measured("x", long=False)
    assert next(figures) == 2
    began = time.monotonic()
    figures.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 60
