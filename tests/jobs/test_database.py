"""Schema and migrations, on SQLite and on a real PostgreSQL."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, delete, event, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError, OperationalError

from app.config import Config
from app.errors import Conflict
from app.integrations.tables import CopyRow, DeliveryRow, ObjectRow
from app.jobs import database
from app.jobs.database import check_writable, connect, migrate
from app.jobs.speed_tables import SpeedRow
from app.jobs.store import JobStore
from app.jobs.tables import Base, JobRow
from app.pipeline.recording import CleanRequest
from tests.jobs.conftest import DATABASES
from tests.jobs.test_store import accept
from tests.postgres import Postgres

RELEASED = Path(__file__).parent / "schema_0_1_0"
MakeConfig = Callable[..., Config]
SEARCH = ("passages_fts", "ix_passages_stems")  # what the full-text search is made of, in raw SQL
COMPARED = {
    "compare_type": True,
    "include_name": lambda name, _kind, _parents: not str(name).startswith(SEARCH),
}


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
        context = MigrationContext.configure(connection, opts=COMPARED)
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
        assert connection.execute(text("SELECT last_number FROM queue_counter")).all() == [(0,)]


def test_a_new_file_that_another_writes_is_opened_when_he_is_done(tmp_path: Path) -> None:
    file = tmp_path / "konspekt.db"
    writer = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    writer.execute("CREATE TABLE somebody (id INTEGER)")  # a journal that rolls back, as every new file has
    writer.execute("BEGIN")
    writer.execute("INSERT INTO somebody VALUES (1)")
    end = Timer(0.3, writer.execute, ["COMMIT"])
    end.start()
    engine = connect(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    end.join()
    engine.dispose()
    writer.close()


def test_a_file_that_is_no_database_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "konspekt.db").write_text("a letter " * 1000)
    monkeypatch.setattr(database, "sleep", lambda _: pytest.fail("waits for nothing"))
    with (
        pytest.raises(DatabaseError, match="not a database"),
        connect(f"sqlite:///{tmp_path / 'konspekt.db'}").connect(),
    ):
        pass


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


def release_0_1_0(engine: Engine) -> None:
    """Make a database as version 0.1.0 left it, with rows in every table."""
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir()
    for name in (engine.dialect.name, "rows"):
        script = (RELEASED / f"{name}.sql").read_text(encoding="utf-8")
        with engine.begin() as connection:
            for statement in re.split(r";\s*$", script, flags=re.MULTILINE):
                if statement.strip():
                    connection.connection.driver_connection.execute(statement)  # no driver reads % in it


def test_a_database_of_0_1_0_opens_with_all_its_rows(empty: Engine, make_config: MakeConfig) -> None:
    release_0_1_0(empty)
    store = JobStore(make_config(database_url=empty.url.render_as_string(hide_password=False)))
    store.migrate()
    done, running, cleaning, waiting, failed = sorted(store.visible(), key=lambda job: job.id)
    assert (done.status, done.duration_s, done.engines["transcribe"]) == ("done", 61.5, "an engine")
    assert done.finished_at == datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
    assert (running.stage, running.progress, running.attempt) == ("transcribe", 0.25, 2)
    assert cleaning.clean_request == CleanRequest("item-1", "calls/a.mp3", True)
    assert str(failed.error) == "The program stopped 3 times."
    assert [job.id for job in store.active()] == [running.id, waiting.id, cleaning.id], "in their old order"
    accepted = accept(store)
    assert [job.id for job in store.active()][-1] == accepted.id, "numbers go on after the last one"
    with store.begin() as session:
        assert [row.attempts_without_progress for row in session.scalars(select(JobRow).order_by(JobRow.id))][
            :5
        ] == [1, 1, 0, 0, 3]
        assert session.scalars(select(SpeedRow.xy)).all() == [250.0]
        assert session.scalars(select(CopyRow.sha256)).all() == ["abc"]
        assert session.scalars(select(ObjectRow.sha256)).all() == ["def"]
        assert session.scalars(select(DeliveryRow)).one().history[0]["answer"] == "ok"
    store.close()


def test_the_models_agree_with_a_database_that_came_from_0_1_0(empty: Engine) -> None:
    release_0_1_0(empty)
    migrate(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts=COMPARED)
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("revision", ["0003", "9999"], ids=["before 0.1.0", "newer than this"])
def test_a_schema_that_is_not_known_is_one_clear_error(empty: Engine, revision: str) -> None:
    release_0_1_0(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    with pytest.raises(Conflict, match=f"has the schema {revision}.*KONSPEKT_DATABASE_URL"):
        migrate(empty)
    assert inspect(empty).has_table("turnstile"), "it is left as it was"


def test_a_start_at_head_reads_and_does_nothing_more(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(empty)
    asked: list[str] = []
    event.listen(empty, "before_cursor_execute", lambda *call: asked.append(call[2].split()[0]))
    monkeypatch.setattr(database, "MIGRATIONS", Path("/nowhere"))  # no step is looked for
    migrate(empty)
    assert {*asked} <= {"BEGIN", "SELECT", "PRAGMA"}


def test_sqlite_keeps_what_was_committed_through_a_power_cut(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'konspekt.db'}")
    connection = engine.raw_connection()  # as it is made: those in use sync nothing in tests
    cursor = connection.cursor()
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    values = [cursor.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in pragmas]
    connection.close()
    engine.dispose()
    assert values == ["wal", 2, 1, 15000]


def test_a_database_that_another_program_holds_is_noticed_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.database._ASK_MS", 10)
    engine = connect(f"sqlite:///{tmp_path / 'konspekt.db'}")
    migrate(engine)
    check_writable(engine)
    with closing(sqlite3.connect(tmp_path / "konspekt.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            check_writable(engine)
        other.execute("ROLLBACK")
    check_writable(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 15_000
    engine.dispose()


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


def test_a_process_of_the_version_before_goes_on_beside_the_present_tables(empty: Engine) -> None:
    if empty.dialect.name == "sqlite":
        Path(empty.url.database or "").parent.mkdir()
    steps = AlembicConfig()
    steps.set_main_option("script_location", str(database.MIGRATIONS))
    with empty.connect().execution_options(immediate=True) as connection, connection.begin():
        steps.attributes["connection"] = connection
        upgrade(steps, f"{database.HEAD}-1")
    before = Table("jobs", MetaData(), autoload_with=empty)
    migrate(empty)
    known = {"id": "a" * 32, "owner": "anna", "name": "a.mp3", "size_bytes": 1, "language": "auto"}
    known |= {"stages": "[]", "engines": "{}", "status": "queued", "queue_number": 7, "round_number": 2}
    known |= {"created_at": datetime(2026, 1, 1, tzinfo=UTC), "progress": 0.0, "attempt": 0}
    with empty.begin() as connection:
        connection.execute(insert(before).values(known))
        connection.execute(update(before).where(before.c.round_number == 2).values(round_number=3))
        old = connection.execute(select(before)).mappings().one()
        assert (old["round_number"], old["status"]) == (3, "queued")
        assert connection.execute(text("SELECT place FROM jobs")).scalar() == 3 * 2**33 + 7
        connection.execute(delete(before))
