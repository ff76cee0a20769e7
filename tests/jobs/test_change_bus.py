"""ChangeBus: what one process notes, pages of another hear; a broker that goes away and comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.jobs.change_bus import ChangeBus
from app.jobs.change_feed import ChangeFeed
from tests.scale.cluster import REDIS, Redis
from tests.waiting import until

pytestmark = pytest.mark.skipif(REDIS is None, reason="no Redis is installed (apt-get install redis-server)")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Redis]:
    broker = Redis(tmp_path)
    yield broker
    broker.kill()


def test_a_change_is_heard_by_other_processes_and_once(broker: Redis) -> None:
    here, there = ChangeFeed(), ChangeFeed()
    sends, hears = ChangeBus(broker.url, here), ChangeBus(broker.url, there)
    sends.start(listens=False)
    hears.start(listens=True)
    try:
        until(lambda: hears.is_heard)
        anna, boris = there.version("anna"), there.version("boris")
        mine = here.version("anna")
        here.note("anna")
        assert there.wait("anna", anna, 10) != anna
        assert here.version("anna") == mine + 1
        assert there.version("boris") == boris
        here.note()
        assert there.wait("boris", boris, 10) != boris
    finally:
        sends.stop()
        hears.stop()


def test_a_broker_that_was_away_is_heard_again(broker: Redis) -> None:
    here, there = ChangeFeed(), ChangeFeed()
    sends, hears = ChangeBus(broker.url, here), ChangeBus(broker.url, there)
    sends.start(listens=False)
    hears.start(listens=True)
    try:
        until(lambda: hears.is_heard)
        broker.kill()
        until(lambda: not hears.is_heard)
        here.note("anna")  # is lost
        broker.start()
        until(lambda: hears.is_heard)
        seen = there.version("anna")
        here.note("anna")
        assert there.wait("anna", seen, 10) != seen
    finally:
        sends.stop()
        hears.stop()
