"""Workers: who shows himself is seen until he leaves or is silent for too long."""

from datetime import UTC, datetime

from sqlalchemy import update

from app.jobs.store import JobStore
from app.jobs.tables import WorkerRow
from app.jobs.workers import ALIVE, Workers
from tests.jobs.test_store import on_both_databases


@on_both_databases
def test_a_worker_is_seen_while_it_shows_itself(store: JobStore) -> None:
    workers = Workers(store)
    workers.show("one", "host:1", ("cpu", "gpu"), 0)
    workers.show("one", "host:1", ("cpu", "gpu"), 3)
    workers.show("two", "host:2", ("gpu",), 0)
    seen = workers.alive()
    assert [(one.name, one.queues, one.n_done) for one in seen] == [
        ("host:1", ("cpu", "gpu"), 3), ("host:2", ("gpu",), 0),
    ]  # fmt: skip
    assert all(0 <= one.seen_s < 10 for one in seen)
    assert workers.by_queue(()) == {"cpu": 1}
    assert workers.by_queue(("transcribe",)) == {"cpu": 1, "gpu": 2}
    workers.leave("one")
    assert workers.by_queue(("transcribe",)) == {"cpu": 0, "gpu": 1}


@on_both_databases
def test_a_worker_that_was_killed_is_seen_no_more_and_forgotten_later(store: JobStore) -> None:
    workers = Workers(store)
    workers.show("one", "host:1", ("cpu",), 0)
    with store.begin() as session:
        session.execute(update(WorkerRow).values(seen_at=datetime.now(UTC) - 2 * ALIVE))
    assert workers.alive() == []
    with store.begin() as session:
        session.execute(update(WorkerRow).values(seen_at=datetime.now(UTC) - 11 * ALIVE))
    workers.show("two", "host:2", ("cpu",), 0)
    with store.begin() as session:
        assert session.get(WorkerRow, "one") is None
