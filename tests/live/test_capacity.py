"""How many streams the machine is said to carry."""

from collections.abc import Callable, Sequence

import pytest

from app.engines.base import Hypothesis, LiveRequest
from app.engines.compute.device import cores
from app.engines.pocketsphinx.live import PocketSphinxLive
from app.errors import Overloaded
from app.live import capacity
from app.live.capacity import MOST, Capacity
from app.live.hub import LiveHub
from tests.live.acting import Counting, opened


class Slow(Counting):
    """An engine that takes its time, by a clock of its own."""

    def __init__(self, name: str, call_s: Callable[[int], float], batch: int = 1) -> None:
        super().__init__()
        self.name, self.batch = name, batch  # type: ignore[misc]
        self.now, self._call_s = 0.0, call_s

    def hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        self.now += self._call_s(len(self.batches))
        return super().hear(requests)


def capacity_of(engine: Slow) -> int:
    return Capacity(lambda: engine.now).of(engine)


@pytest.mark.parametrize(("call_s", "streams"), [(0.01, MOST), (0.2, 8), (0.4, 4), (1.0, 1), (20.0, 1)])
def test_an_engine_twice_as_slow_carries_half_the_streams(call_s: float, streams: int) -> None:
    assert capacity_of(Slow("one", lambda _: call_s)) == streams


def test_the_quickest_round_counts_since_others_use_the_machine_too() -> None:
    assert capacity_of(Slow("one", lambda call: 30.0 if call < 4 else 0.2)) == 8


def test_streams_that_an_engine_hears_side_by_side_are_measured_so() -> None:
    engine = Slow("many", lambda _: 0.2, batch=64)
    assert capacity_of(engine) == min(MOST, int(0.7 * cores() * 5.13875 / 0.4))
    assert {len(batch) for batch in engine.batches} == {cores()}


def test_an_engine_is_measured_once_and_remembers_nothing_of_it() -> None:
    engine = Slow("one", lambda _: 0.2)
    capacity = Capacity(lambda: engine.now)
    assert capacity.of(engine) == capacity.of(engine) == 8
    assert len(engine.batches) == 6
    assert sorted(engine.forgotten) == sorted({r.stream for batch in engine.batches for r in batch})


def test_an_engine_that_fails_is_not_counted_on() -> None:
    engine = Slow("one", lambda _: 0.2)
    engine.broken.add("measured 0.0")
    with pytest.raises(RuntimeError):
        capacity_of(engine)


def test_without_a_setting_there_are_as_many_places_as_were_measured() -> None:
    engine = Slow("one", lambda _: 0.8)
    hub = LiveHub(engine, capacity=Capacity(lambda: engine.now))
    for _ in range(2):
        opened(hub)
    with pytest.raises(Overloaded):
        opened(hub)


def test_the_engine_that_is_always_here_is_measured_on_its_real_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "ROUNDS", 1)
    engine = PocketSphinxLive()
    try:
        assert 1 <= Capacity().of(engine) <= capacity.MOST
    finally:
        engine.close()
