from pathlib import Path

import pytest

from app.config import Config
from app.engines.choosing.transcribers import wanted_weights
from app.engines.choosing.whisper_sizes import FILE, Speed, by_quality, keep, measured, to_fetch


def config(folder: Path, **settings: object) -> Config:
    return Config(_env_file=None, data_dir=folder, models_dir=folder, compute_threads=2, **settings)


def with_base_at(folder: Path, cost: float) -> Config:
    keep(folder, Speed("cpu", 2, "base", cost))
    return config(folder)


@pytest.mark.parametrize(
    ("cost", "best", "fetched"),
    [
        (0.60, "tiny", "base"),  # nothing that is worth a fetch keeps up: the default stays
        (0.40, "base", "base"),
        (0.12, "small", "small"),
        (0.04, "medium", "medium"),
        (0.005, "large-v3-turbo", "large-v3-turbo"),
    ],
)
def test_the_largest_size_is_taken_that_needs_at_most_half_of_the_time(
    tmp_path: Path, cost: float, best: str, fetched: str
) -> None:
    measured_here = with_base_at(tmp_path, cost)
    assert by_quality(measured_here, "cpu")[0] == best
    assert to_fetch(measured_here, "cpu")[0] == fetched
    assert wanted_weights(measured_here, "cpu")[0].name == f"faster-whisper-{fetched}"


def test_what_is_too_slow_comes_after_all_that_keeps_up_the_fastest_first(tmp_path: Path) -> None:
    order = by_quality(with_base_at(tmp_path, 0.12), "cpu")
    assert order[:3] == ["small", "base", "tiny"]
    assert order[3] == "medium"
    assert set(order) == set(by_quality(config(tmp_path / "other"), "cpu"))


def test_another_machine_or_a_spoilt_file_says_nothing(tmp_path: Path) -> None:
    here = with_base_at(tmp_path, 0.15)
    assert measured(here, "cpu")
    assert measured(here, "cuda") is None
    assert measured(Config(_env_file=None, data_dir=tmp_path, compute_threads=5), "cpu") is None
    for spoilt in ("", "[]", "{}", '{"kind": "cpu", "n_cores": 2, "size": "x", "cost": 1}', "\xff"):
        (tmp_path / FILE).write_bytes(spoilt.encode("latin-1"))
        assert measured(here, "cpu") is None
    keep(tmp_path, Speed("cpu", 2, "base", float("nan")))
    assert measured(here, "cpu") is None
