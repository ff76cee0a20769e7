"""LeaderLock: one of many processes leads, and another when its connection ends."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from app.jobs.database import connect
from app.jobs.leader_lock import LeaderLock
from tests.postgres import Postgres


@pytest.fixture
def engines(postgres: Postgres) -> Iterator[tuple[Engine, Engine]]:
    name = uuid.uuid4().hex
    url = postgres.create(name)
    made = connect(url), connect(url)
    yield made
    for engine in made:
        engine.dispose()
    postgres.drop(name)


def test_one_process_leads_and_the_next_when_it_leaves(engines: tuple[Engine, Engine]) -> None:
    first, second = map(LeaderLock, engines)
    assert first.take()
    assert first.take(), "again: it is held already"
    assert not second.take()
    assert not second.is_lost(), "it was never held"
    first.leave()
    assert second.take()
    second.leave()


def test_a_leader_whose_connection_the_server_ended_hears_of_it_before_its_next_turn(
    engines: tuple[Engine, Engine],
) -> None:
    first, second = map(LeaderLock, engines)
    assert first.take()
    assert not first.is_lost()
    ends = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    with engines[1].connect() as connection:
        connection.execute(ends)
    assert first.is_lost()
    assert not first.held
    assert second.take(), "another may lead now"
    assert not first.take()
    second.leave()
