"""Two runs can be compared by their files."""

import json
from pathlib import Path

import pytest

from benchmarks.figure import Figure
from benchmarks.results import Results, earlier


def test_a_file_holds_all_that_was_measured_until_now(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    results = Results(path, long=False)
    results.add("pages", 61.23, [Figure("p95", 12.5, " ms", at_most=100)], None)
    results.add("queue", 600.0, [Figure("claim", 80.0, " ms", at_most=50)], "ended after 10 minutes")
    written = json.loads(path.read_text())
    assert written["long"] is False
    assert written["modules"]["pages"]["took_s"] == 61.2
    assert [
        figure["holds"] for name in ("pages", "queue") for figure in written["modules"][name]["figures"]
    ] == [
        True,
        False,
    ]
    assert written["modules"]["queue"]["cut_off"] == "ended after 10 minutes"
    assert earlier(path) == {("pages", "p95"): 12.5, ("queue", "claim"): 80.0}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"modules": {"a": {"figures": [{"value": "x"}]}}}'])
def test_what_is_no_result_is_said(content: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(content)
    with pytest.raises(SystemExit, match="holds no results"):
        earlier(tmp_path / "x")
