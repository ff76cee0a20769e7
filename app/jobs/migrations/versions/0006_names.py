"""Columns and tables by the names that the program calls them."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Plain SQL that SQLite and PostgreSQL share; Alembic would copy SQLite's table to rename a column.
COLUMNS = (
    ("jobs", "place", "queue_number"),
    ("jobs", "fruitless", "attempts_without_progress"),
    ("jobs", "ordered", "clean_request"),
    ("turnstile", "last_place", "last_number"),
)


def upgrade() -> None:
    for table, old, new in COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    op.rename_table("turnstile", "queue_counter")


def downgrade() -> None:
    op.rename_table("queue_counter", "turnstile")
    for table, old, new in COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}")
