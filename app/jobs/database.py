"""Connections to SQLite and PostgreSQL, and the way from any older schema to the present one."""

from pathlib import Path
from sqlite3 import SQLITE_BUSY
from sqlite3 import Connection as SQLiteConnection
from sqlite3 import OperationalError as SQLiteError
from time import monotonic, sleep

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import N_, Conflict

DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0022"  # newest revision under migrations/versions: a start at head reads one row and no file
UNKNOWN_SCHEMA = N_(
    "The database has the schema %(revision)s, which this version cannot read: a newer version made it, "
    "or one before 0.1.0. Start the version that made it, or name another database in KONSPEKT_DATABASE_URL."
)
_MIGRATION_LOCK = 0x6B6F6E73  # any constant: PostgreSQL's advisory lock while a process migrates

# For SQLite's write lock, which is held for milliseconds unless another program has it: who has sent a
# recording waits longer than who only wants to.
_WAIT_MS = 15_000
_ASK_MS = 3_000

# A count by an index alone is taken for what it costs on flash, and by one process: helpers start slowly
_POSTGRESQL = (
    "-c statement_timeout=60000 -c timezone=UTC -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0"
)


def connect(url: str) -> Engine:
    """Make the engine; nothing is opened before the first query."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=10, max_overflow=20)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,  # the server may restart under us
        pool_recycle=1800,
        connect_args={"connect_timeout": 10, "options": _POSTGRESQL},
    )


def one_statement(engine: Engine) -> Engine:
    """Return the engine for transactions of one statement: PostgreSQL needs no BEGIN and COMMIT for it."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="AUTOCOMMIT")
    return engine


def migrate(engine: Engine) -> None:
    """Bring the database to the present schema, whole or not at all, also when several start at once."""
    url = engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(url.database).touch(mode=0o600)  # it holds who sent what; its WAL gets the same mode
    with engine.connect() as connection:
        revision = _revision(connection)
    if revision == HEAD:
        return
    from alembic import command
    from alembic.config import Config as AlembicConfig
    from alembic.script import ScriptDirectory

    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    steps = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in steps:
        raise Conflict(UNKNOWN_SCHEMA, revision=revision)
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_writable(engine: Engine) -> None:
    """Take SQLite's write lock for a moment, before somebody sends gigabytes in vain.

    Raises:
        OperationalError: another program holds it, or the file is read-only.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(immediate=True) as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, SQLiteConnection)
        driver.execute(f"PRAGMA busy_timeout={_ASK_MS}")
        try:
            with connection.begin():
                pass
        finally:
            driver.execute(f"PRAGMA busy_timeout={_WAIT_MS}")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _prepare_sqlite(connection: SQLiteConnection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that migrations are one transaction
    connection.execute(f"PRAGMA busy_timeout={_WAIT_MS}")
    _write_ahead(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: SQLiteConnection) -> None:
    """Turn the write-ahead log on, also when several open a new file at once.

    SQLite never waits for this lock, whatever `busy_timeout` says: two that hold a read lock and both
    want the file alone would wait for each other.
    """
    end = monotonic() + _WAIT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except SQLiteError as error:
            if error.sqlite_errorcode != SQLITE_BUSY or monotonic() > end:
                raise
            sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
