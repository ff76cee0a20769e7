import json
from pathlib import Path

import pytest

from app.config import Config
from app.engines.chat import gguf_files
from app.engines.choosing import chat_speed
from app.engines.choosing.chat_speed import FILE, LONGEST_S, expected, hour_s, learn, measured
from app.engines.choosing.summarizers import ADVISED, advised, weights_path
from app.engines.weights.catalogue import find

SMALL, LARGE = 1_100_000_000, 4_700_000_000


def config(folder: Path, threads: int = 2) -> Config:
    return Config(_env_file=None, data_dir=folder, models_dir=folder, compute_threads=threads)


def test_until_it_is_measured_the_pace_goes_with_the_cores(tmp_path: Path) -> None:
    two, eight = expected(config(tmp_path), "cpu"), expected(config(tmp_path, 8), "cpu")
    assert two
    assert eight
    assert (two.reads, two.writes) == (32, 9)
    assert (eight.reads, eight.writes) == (128, 18)
    assert expected(config(tmp_path), "cuda") is None
    assert hour_s(config(tmp_path), "cuda", SMALL) is None


def test_an_hour_is_told_from_what_was_measured_with_other_weights(tmp_path: Path) -> None:
    learn(config(tmp_path), "cpu", 2 * LARGE, reads=100.0, writes=25.0)
    assert hour_s(config(tmp_path), "cpu", LARGE) == pytest.approx((25_300 / 100 + 9_000 / 25) / 2)


def test_the_quickest_answer_counts_and_another_machine_does_not(tmp_path: Path) -> None:
    here = config(tmp_path)
    for pace in (10.0, 40.0, 20.0, 40.1):
        learn(here, "cpu", SMALL, reads=pace, writes=pace / 4)
    known = measured(here, "cpu")
    assert known
    assert (known.reads, known.writes) == (40.0, 10.0)
    assert measured(config(tmp_path, 4), "cpu") is None
    assert measured(here, "cuda") is None


@pytest.mark.parametrize(
    "broken", ["", "[]", '{"kind": "cpu"}', json.dumps([1]), '{"kind": "cpu", "n_cores": 2, "size_bytes": 1, '
    '"reads": NaN, "writes": 1}', '{"kind": "cpu", "n_cores": 2, "size_bytes": 0, "reads": 1, "writes": 1}']
)  # fmt: skip
def test_a_broken_file_is_as_none(tmp_path: Path, broken: str) -> None:
    (tmp_path / FILE).write_text(broken)
    assert measured(config(tmp_path), "cpu") is None


def test_the_largest_that_writes_an_hour_in_time_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.gguf").write_bytes(b"GGUF")
    sizes = {"a": 500_000_000, "b": SMALL, "c": LARGE}
    monkeypatch.setattr(gguf_files, "weight_bytes", lambda path: sizes[path.stem])
    monkeypatch.setattr(gguf_files, "memory_bytes", lambda: 10 * LARGE)
    taken = {}
    for reads in (3.0, 30.0, 300.0):
        (tmp_path / FILE).unlink(missing_ok=True)
        learn(config(tmp_path), "cpu", SMALL, reads=reads, writes=reads / 3)
        path = weights_path(config(tmp_path))
        assert path
        taken[reads] = path.stem
    assert taken == {3.0: "a", 30.0: "b", 300.0: "c"}
    (tmp_path / "a.gguf").unlink()
    (tmp_path / "b.gguf").unlink()
    (tmp_path / FILE).unlink()
    learn(config(tmp_path), "cpu", SMALL, reads=3.0, writes=1.0)
    path = weights_path(config(tmp_path))
    assert path
    assert path.stem == "c", "the only one there is"


def test_the_advice_goes_by_memory_and_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_speed, "memory_bytes", lambda: 64 << 30)
    assert advised(config(tmp_path, 1), "cpu") is ADVISED
    assert advised(config(tmp_path, 8), "cpu") is find("llama-3.1-8b")
    took_s = hour_s(config(tmp_path, 8), "cpu", find("llama-3.1-8b").size_bytes)
    assert took_s
    assert took_s < LONGEST_S
    monkeypatch.setattr(chat_speed, "memory_bytes", lambda: 6 << 30)
    assert advised(config(tmp_path, 8), "cpu") is find("qwen3-4b")
    assert advised(config(tmp_path, 8), "cuda") is ADVISED
