import pytest

from app.jobs.speed import DECAY
from app.jobs.speeds import Measured, Speeds
from app.jobs.store import JobStore
from tests.jobs.test_store import on_both_databases


@on_both_databases
def test_older_measurements_count_less_with_each_new_one(store: JobStore) -> None:
    speeds = Speeds(store)
    speeds.measure(Measured("transcribe", "an engine", 100.0, 50.0))
    speeds.measure(Measured("transcribe", "an engine", 200.0, 60.0))
    speed = speeds.latest()["transcribe"]
    assert speed.n == pytest.approx(1 + DECAY)
    assert (speed.x, speed.y) == (pytest.approx(200 + 100 * DECAY), pytest.approx(60 + 50 * DECAY))
    assert speed.xy == pytest.approx(200 * 60 + 100 * 50 * DECAY)


@on_both_databases
def test_a_stage_is_as_fast_as_the_engine_that_did_it_last(store: JobStore) -> None:
    speeds = Speeds(store)
    speeds.measure(Measured("transcribe", "slow", 100.0, 500.0))
    speeds.measure(Measured("transcribe", "quick", 100.0, 5.0))
    assert speeds.latest()["transcribe"].y == 5.0
    speeds.measure(Measured("transcribe", "slow", 100.0, 500.0))
    assert speeds.latest()["transcribe"].y == pytest.approx(500 + 500 * DECAY)


def test_nothing_is_known_before_anything_was_measured(store: JobStore) -> None:
    assert Speeds(store).latest() == {}


@on_both_databases
def test_each_kind_of_worker_has_its_own_speed(store: JobStore) -> None:
    speeds = Speeds(store)
    speeds.measure(Measured("transcribe", "whisper", 100.0, 50.0, "cpu"))
    speeds.measure(Measured("transcribe", "whisper", 100.0, 5.0, "cuda"))
    assert {device: speed.y for (_, device), speed in speeds.of_devices().items()} == {"cpu": 50, "cuda": 5}
    assert speeds.latest()["transcribe"].y == pytest.approx(5 + 50 * DECAY), "of both together"
