"""The table in which another system follows its items. Its name and columns are settings."""

from typing import Any

from sqlalchemy import Column, Float, MetaData, String, Table, Text, insert, inspect, update
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from app.config import Config
from app.jobs.store import JobStore


class RecordTable:
    """A table that may have been there before us: then it is used as it is, else it is made."""

    def __init__(self, config: Config, store: JobStore) -> None:
        self._store = store
        schema, _, name = config.record_table.rpartition(".")
        self._schema, self._name = schema or None, name
        self._id = config.record_id_column
        self._columns = {
            "length_s": config.record_length_column,
            "file": config.record_file_column,
            "status": config.record_status_column,
            "error": config.record_error_column,
        }
        self._table: Table | None = None

    def write(self, session: Session, item_id: str, values: dict[str, Any]) -> None:
        """Write an item's row. values: length_s, file, status, error; those without a column are left out."""
        assert self._table is not None, "prepare comes first"
        table = self._table
        row = {self._columns[name]: value for name, value in values.items() if self._columns[name]}
        key = table.c[self._id]
        own_id = key.type.python_type(item_id)  # an existing table may number its items
        if row and session.execute(update(table).where(key == own_id).values(row).returning(key)).first():
            return
        session.execute(insert(table).values({self._id: own_id, **row}))

    def prepare(self) -> None:
        """Look at the table, or make it where there is none. Not within a transaction: it opens its own."""
        if self._table is not None:
            return
        engine = self._store.engine
        if not inspect(engine).has_table(self._name, self._schema):
            types: dict[str, TypeEngine[Any]] = {"length_s": Float(), "status": String(32)}
            columns = [Column(name, types.get(what, Text())) for what, name in self._columns.items() if name]
            key = Column(self._id, String(255), primary_key=True)
            Table(self._name, MetaData(), key, *columns, schema=self._schema).create(engine, checkfirst=True)
        self._table = Table(self._name, MetaData(), schema=self._schema, autoload_with=engine)
