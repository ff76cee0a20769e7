"""Saved streams in a folder of their own, and a hub whose engine counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.audio.limits import Limits
from app.live.hub import LiveHub
from app.live.saved_streams import SavedStreams
from tests.live.acting import Counting


@pytest.fixture
def streams(tmp_path: Path) -> SavedStreams:
    return SavedStreams(tmp_path / "uploads/incoming", Limits(disk_reserve_bytes=0))


@pytest.fixture
def engine() -> Counting:
    return Counting()


@pytest.fixture
def hub(engine: Counting) -> LiveHub:
    ticks: Iterator[float] = iter(range(0, 10**9, 10))  # every look at the clock is 10 s later: nothing waits
    return LiveHub(engine, 3, clock=lambda: float(next(ticks)))
