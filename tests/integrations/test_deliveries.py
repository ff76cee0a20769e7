"""Rows that are tried until they are taken, each kind by its own."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.config import Config
from app.integrations.deliveries import BROKEN, DELIVERED, FAILED, PENDING, Deliveries, Try, new_delivery
from app.integrations.tables import DeliveryRow
from app.jobs.store import JobStore
from tests.data_folder import put_database

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(_env_file=None, data_dir=tmp_path, delivery_backoff_s=10, delivery_attempts=3)  # type: ignore[call-arg]


@pytest.fixture
def store(config: Config) -> Iterator[JobStore]:
    put_database(config)
    store = JobStore(config)
    with store.begin() as session:
        for kind in ("one", "other"):
            session.add(new_delivery("job", kind, "", {}, NOW, NOW))
    yield store
    store.close()


def row(store: JobStore, kind: str) -> DeliveryRow:
    with store.begin() as session:
        return session.query(DeliveryRow).filter_by(kind=kind).one()


def test_what_is_not_taken_is_tried_again_ever_later_and_then_given_up(
    config: Config, store: JobStore
) -> None:
    deliveries, seen = Deliveries(config, store, ("one",), 1), []
    for after_s, n in ((0, 1), (9, 1), (10, 2), (29, 2), (30, 3), (10**6, 3)):
        at = NOW + timedelta(seconds=after_s)
        deliveries.try_due(at, lambda row: seen.append(row.kind) or Try(False, {"error": "away"}))
        assert len(seen) == n, after_s
    tried = row(store, "one")
    assert (tried.state, tried.attempts) == (FAILED, 3)
    assert [one["error"] for one in tried.history] == ["away"] * 3
    assert row(store, "other").state == PENDING, "the other kind is somebody else's"


def test_what_is_over_is_not_tried_again(config: Config, store: JobStore) -> None:
    deliveries = Deliveries(config, store, ("one", "other"), 1)
    assert deliveries.try_due(NOW, lambda row: Try(row.kind == "one", {}, over=True)) == 1
    assert (row(store, "one").state, row(store, "other").state) == (DELIVERED, FAILED)


def test_who_dies_while_he_tries_leaves_it_to_others(config: Config, store: JobStore) -> None:
    deliveries = Deliveries(config, store, ("one",), 5)

    def die(row: DeliveryRow) -> Try:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliveries.try_due(NOW, die)
    assert deliveries.try_due(NOW + timedelta(seconds=19), lambda row: Try(True, {})) == 0, "he may still try"
    assert deliveries.try_due(NOW + timedelta(seconds=60), lambda row: Try(True, {})) == 1


def test_a_row_that_cannot_be_tried_keeps_no_other_from_its_turn_and_is_given_up(
    config: Config, store: JobStore
) -> None:
    deliveries = Deliveries(config, store, ("one", "other"), 1)

    def attempt(row: DeliveryRow) -> Try:
        if row.kind == "one":
            raise ValueError("a fault of ours")
        return Try(True, {})

    assert [deliveries.try_due(NOW + timedelta(hours=n), attempt) for n in range(4)] == [1, 0, 0, 0]
    tried = row(store, "one")
    assert (tried.state, [one["error"] for one in tried.history]) == (FAILED, [BROKEN] * 3)


def test_a_row_that_kills_the_program_each_time_is_given_up(config: Config, store: JobStore) -> None:
    deliveries, times = Deliveries(config, store, ("one",), 1), 0

    def die(row: DeliveryRow) -> Try:
        nonlocal times
        times += 1
        raise KeyboardInterrupt

    for hour in range(5):
        with suppress(KeyboardInterrupt):
            deliveries.try_due(NOW + timedelta(hours=hour), die)
    assert (times, row(store, "one").state) == (3, FAILED)


def test_who_had_to_wait_for_the_one_before_him_is_nobody_elses_meanwhile(
    config: Config, store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """His time begins with his own try, not with the round."""
    passed_s, others = iter((0.0, 0.0, 1000.0)), Deliveries(config, store, ("one", "other"), 10)
    deliveries = Deliveries(config, store, ("one", "other"), 10)
    monkeypatch.setattr("time.monotonic", lambda: next(passed_s))
    seen: list[str] = []

    def attempt(row: DeliveryRow) -> Try:
        seen.append(row.kind)
        if len(seen) == 2:
            monkeypatch.undo()
            others.try_due(
                NOW + timedelta(seconds=1001), lambda other: seen.append(other.kind) or Try(True, {})
            )
        return Try(True, {})

    deliveries.try_due(NOW, attempt)
    assert sorted(seen) == ["one", "other"]


def test_a_clock_that_was_far_ahead_holds_nothing_up(config: Config, store: JobStore) -> None:
    deliveries = Deliveries(config, store, ("one",), 1)
    deliveries.try_due(NOW + timedelta(days=365), lambda row: Try(False, {}))
    assert deliveries.try_due(NOW, lambda row: Try(True, {})) == 1
