"""Places for live streams."""

import pytest

from app.errors import Overloaded
from app.live.hub import LiveHub
from tests.live.acting import Counting, opened, run


def test_the_last_place_is_given_once_and_comes_back(hub: LiveHub, engine: Counting) -> None:
    sessions = [opened(hub) for _ in range(3)]
    with pytest.raises(Overloaded) as refused:
        opened(hub)
    assert refused.value.retry_after_s > 0
    for _ in range(2):
        hub.close(sessions[0])  # a second time it gives nothing back
    opened(hub)
    with pytest.raises(Overloaded):
        opened(hub)
    run(hub, 1)
    assert engine.forgotten == [sessions[0].name]


def test_who_finds_no_place_is_told_how_often_one_becomes_free(engine: Counting) -> None:
    now = 0.0
    hub = LiveHub(engine, 2, clock=lambda: now)
    first = opened(hub)
    opened(hub)
    with pytest.raises(Overloaded) as unknown:
        opened(hub)
    assert unknown.value.retry_after_s == 30
    now = 600.0
    hub.close(first)
    opened(hub)
    with pytest.raises(Overloaded) as known:
        opened(hub)
    assert known.value.retry_after_s == 300  # ten minutes each, two places
    now = 1e6
    for session in list(hub._sessions):
        hub.close(session)
        opened(hub)
    with pytest.raises(Overloaded) as long:
        opened(hub)
    assert long.value.retry_after_s == 600
