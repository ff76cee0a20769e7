"""The table in which another system follows its items. Its database, name and columns are settings."""

import logging
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Column,
    Engine,
    Float,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    insert,
    inspect,
    update,
)
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from app.config import Config
from app.jobs.store import JobStore

logger = logging.getLogger(__name__)


class RecordTable:
    """A table that may have been there before us: then it is used as it is, else it is made."""

    def __init__(self, config: Config, store: JobStore) -> None:
        self._url = config.record_database
        self._store = store
        schema, _, name = config.record_table.rpartition(".")
        self._schema, self._name = schema or None, name
        self._id = config.record_id_column
        columns = {
            "length_s": config.record_length_column,
            "file": config.record_file_column,
            "status": config.record_status_column,
            "error": config.record_error_column,
            "engine": config.record_engine_column,
        }
        self._columns = {what: name for what, name in columns.items() if name}

    def write(self, item_id: str, values: dict[str, Any]) -> None:
        """Write an item's row, in a transaction of its own: a second time it changes nothing.

        values: length_s, file, status, error, engine; those that the table has no column for are left out.

        Raises:
            SQLAlchemyError: the database is away, or it refuses the row.
        """
        table = self._table
        row = {
            name: values[what] for what, name in self._columns.items() if what in values and name in table.c
        }
        key = table.c[self._id]
        own_id = key.type.python_type(item_id)  # an existing table may number its items
        with self._engine.begin() as connection:
            if row:
                known = update(table).where(key == own_id).values(row)
                if connection.execute(known.returning(key)).first():
                    return
            connection.execute(insert(table).values({self._id: own_id, **row}))

    @cached_property
    def _engine(self) -> Engine:
        if self._url is None:
            return self._store.engine
        # A few rows a job: a connection for each costs less than one that a firewall has cut in the meantime.
        postgresql = self._url.startswith("postgresql")
        options = "-c statement_timeout=10000 -c lock_timeout=5000"
        limits = {"connect_timeout": 10, "options": options} if postgresql else {}
        return create_engine(self._url, poolclass=NullPool, connect_args=limits)

    @cached_property
    def _table(self) -> Table:
        """Look at the table, or make it where there is none."""
        if not inspect(self._engine).has_table(self._name, self._schema):
            types: dict[str, TypeEngine[Any]] = {"length_s": Float(), "status": String(32)}
            columns = [Column(name, types.get(what, Text())) for what, name in self._columns.items()]
            key = Column(self._id, String(255), primary_key=True)
            Table(self._name, MetaData(), key, *columns, schema=self._schema).create(
                self._engine, checkfirst=True
            )
        table = Table(self._name, MetaData(), schema=self._schema, autoload_with=self._engine)
        if missing := [name for name in self._columns.values() if name not in table.c]:
            logger.warning("the table %s has no column %s: not written", table.fullname, ", ".join(missing))
        return table
