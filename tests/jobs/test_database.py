"""Schema and migrations, on SQLite and on a real PostgreSQL."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from app.jobs import database
from app.jobs.database import connect, migrate
from app.jobs.tables import Base
from tests.jobs.conftest import DATABASES
from tests.postgres import Postgres


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path / 'data' / 'konspekt.db'}")
        yield engine
        engine.dispose()
        return
    server: Postgres = request.getfixturevalue("postgres")
    engine = connect(server.create("empty"))
    yield engine
    engine.dispose()
    server.drop("empty")


def test_models_and_migrations_agree(empty: Engine) -> None:
    migrate(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_known_head_is_the_newest_revision() -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [database.HEAD]


def test_processes_that_start_together_migrate_once(empty: Engine) -> None:
    engines = [connect(empty.url.render_as_string(hide_password=False)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    for engine in engines:
        engine.dispose()
    with empty.connect() as connection:
        assert connection.execute(text("SELECT last_place FROM turnstile")).all() == [(0,)]


def test_a_migration_that_breaks_leaves_nothing_behind(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alembic.op.bulk_insert", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        migrate(empty)
    assert inspect(empty).get_table_names() == []
    monkeypatch.undo()
    migrate(empty)
    assert inspect(empty).has_table("jobs")


def test_a_start_at_head_is_one_short_read(empty: Engine) -> None:
    migrate(empty)
    began = time.perf_counter()
    migrate(empty)
    assert time.perf_counter() - began < 0.2


def test_sqlite_keeps_what_was_committed_through_a_power_cut(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'konspekt.db'}")
    with engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas]
    engine.dispose()
    assert values == ["wal", 2, 1, 15000]


def test_nobody_else_on_the_machine_reads_the_database(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'konspekt.db'}")
    migrate(engine)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    engine.dispose()
    assert modes
    assert set(modes.values()) == {0o600}


def test_a_connection_that_the_server_cut_is_replaced(postgres: Postgres) -> None:
    engine = connect(postgres.create("cut"))
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    postgres.stop("immediate")
    postgres.start()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()
    postgres.drop("cut")
