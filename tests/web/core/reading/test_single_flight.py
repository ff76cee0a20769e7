"""Those who wait for the same share one piece of work that begins after they came."""

import threading
from collections.abc import Callable

import pytest

from app.web.core.reading.single_flight import SingleFlight
from tests.waiting import until


def test_all_who_came_before_the_work_began_share_it_and_who_comes_later_does_not() -> None:
    flights, may_begin, may_end = SingleFlight[str](), threading.Event(), threading.Event()
    works: list[str] = []
    got: list[tuple[str | None, bool]] = []

    def work(begin: Callable[[], None]) -> str:
        assert may_begin.wait(60)
        begin()
        works.append("work")
        number = len(works)
        assert may_end.wait(60)
        return f"answer {number}"

    def ask() -> None:
        got.append(flights.join("key", work))

    early = [threading.Thread(target=ask) for _ in range(5)]
    for thread in early:
        thread.start()
    until(lambda: _n_waiting(early, flights) == 5)
    may_begin.set()
    until(lambda: len(works) == 1)
    late = threading.Thread(target=ask)
    late.start()
    until(lambda: len(works) == 2)
    may_end.set()
    for thread in (*early, late):
        thread.join(60)
    assert sorted(got) == [("answer 1", False)] * 4 + [("answer 1", True), ("answer 2", True)]


def _n_waiting(threads: list[threading.Thread], flights: SingleFlight[str]) -> int:
    """Count who stands in the flight: its leader, and those who wait for its landing."""
    flight = flights._waiting.get("key")
    waiting = len(flight.landed._cond._waiters) if flight else 0  # type: ignore[attr-defined]
    return waiting + 1 if all(thread.is_alive() for thread in threads) else 0


def test_what_the_work_raises_is_its_callers_and_the_next_one_works_anew() -> None:
    flights = SingleFlight[str]()

    def fails(_begin: Callable[[], None]) -> str:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        flights.join("key", fails)
    assert flights.join("key", lambda _begin: "answer") == ("answer", True)


def test_work_for_one_thing_does_not_wait_for_another_and_leaves_nothing() -> None:
    flights = SingleFlight[str]()

    def work(_begin: Callable[[], None]) -> str:
        return flights.join("other", lambda _: "inner")[0] or ""

    assert flights.join("key", work) == ("inner", True)
    assert not flights._waiting
