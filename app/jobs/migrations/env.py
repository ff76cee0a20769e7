"""Alembic's entry: run by `app.jobs.database.migrate`, or by `alembic -x url=…` to write a migration."""

from importlib import import_module

from alembic import context
from sqlalchemy import Connection

from app.jobs.database import connect
from app.jobs.tables import Base


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite cannot alter a column in place
        include_name=lambda name, kind, _: kind != "table" or name in Base.metadata.tables,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    for tables in ("app.integrations.tables", "app.jobs.library.tables"):
        import_module(tables)  # Alembic compares a database with all of them
    with connect(context.get_x_argument(as_dictionary=True)["url"]).connect() as own, own.begin():
        migrate(own)
