"""CeleryDispatcher: a message for each job that waits, whatever happened to the first ones."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Config
from app.jobs.celery_app import make_celery
from app.jobs.celery_dispatcher import CeleryDispatcher, n_messages
from app.jobs.job import JobPriority
from app.jobs.leases import Leases
from app.jobs.store import JobStore
from tests.jobs.test_store import accept, new
from tests.scale.cluster import REDIS, Redis

pytestmark = pytest.mark.skipif(REDIS is None, reason="no Redis is installed (apt-get install redis-server)")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Redis]:
    broker = Redis(tmp_path)
    yield broker
    broker.kill()


@pytest.fixture
def dispatcher(config: Config, store: JobStore, broker: Redis) -> Iterator[CeleryDispatcher]:
    celery = make_celery(config.model_copy(update={"queue_url": broker.url}))
    yield CeleryDispatcher(celery, store)
    celery.close()


def n_sent(dispatcher: CeleryDispatcher, queue: str = "cpu") -> int:
    with dispatcher._celery.connection_for_read() as connection:
        return n_messages(connection, queue)


def test_what_the_broker_has_lost_is_sent_again_and_nothing_twice(
    dispatcher: CeleryDispatcher, store: JobStore, broker: Redis
) -> None:
    for _ in range(3):
        dispatcher.submit(accept(store))
    batch = store.add(replace(new("service"), priority=JobPriority.BATCH, queue="gpu"), 10)
    assert batch is not None
    dispatcher.submit(batch)
    assert (n_sent(dispatcher), n_sent(dispatcher, "gpu")) == (3, 1)
    assert dispatcher.send_missing() == 0
    broker.flush()
    assert dispatcher.send_missing() == 4
    assert dispatcher.send_missing() == 0
    assert (n_sent(dispatcher), n_sent(dispatcher, "gpu")) == (3, 1)


def test_jobs_that_run_or_pause_need_no_message(
    dispatcher: CeleryDispatcher, store: JobStore, leases: Leases
) -> None:
    accept(store)
    leases.claim("here", "a lease")
    assert dispatcher.send_missing() == 0
    leases.release("a lease")
    assert dispatcher.send_missing() == 1


def test_a_broker_that_is_away_refuses_no_job(
    dispatcher: CeleryDispatcher, store: JobStore, broker: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    broker.kill()
    job = accept(store)
    dispatcher.submit(job)
    assert "is announced later" in caplog.text
    assert dispatcher.send_missing() == 0
    broker.start()
    assert dispatcher.send_missing() == 1
