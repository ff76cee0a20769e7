"""One number by which what waits is sorted and counted."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PLACE = "priority * 2305843009213693952 + round_number * 8589934592 + queue_number"
BEFORE = (
    ("ix_jobs_schedule", ["status", "priority", "round_number", "queue_number"]),
    ("ix_jobs_queue", ["queue", "status", "priority", "round_number", "queue_number", "waits_until"]),
)
AFTER = (
    ("ix_jobs_schedule", ["status", "place"]),
    ("ix_jobs_queue", ["queue", "status", "place"]),
)


def upgrade() -> None:
    # The database writes it, so that rows of a process of the version before have it too. SQLite counts a
    # generated column several times slower, because no index covers it there.
    if op.get_bind().dialect.name == "sqlite":
        op.add_column("jobs", sa.Column("place", sa.BigInteger(), nullable=False, server_default="0"))
        op.execute(f"UPDATE jobs SET place = {PLACE}")  # noqa: S608  a constant
        for event in ("INSERT", "UPDATE OF priority, round_number, queue_number"):
            write = f"UPDATE jobs SET place = {PLACE} WHERE id = NEW.id"  # noqa: S608  a constant
            op.execute(
                f"CREATE TRIGGER jobs_place_{event[:6].lower()} AFTER {event} ON jobs BEGIN {write}; END"
            )
    else:
        generated = sa.Computed(PLACE, persisted=True)
        op.add_column("jobs", sa.Column("place", sa.BigInteger(), generated, nullable=False))
    for name, _ in BEFORE:
        op.drop_index(name, "jobs")
    for name, columns in AFTER:
        op.create_index(name, "jobs", columns)
    delayed = sa.text("waits_until IS NOT NULL")
    op.create_index(
        "ix_jobs_delayed",
        "jobs",
        ["status", "waits_until"],
        sqlite_where=delayed,
        postgresql_where=delayed,
    )


def downgrade() -> None:
    for name in ("ix_jobs_delayed", "ix_jobs_queue", "ix_jobs_schedule"):
        op.drop_index(name, "jobs")
    for name, columns in BEFORE:
        op.create_index(name, "jobs", columns)
    if op.get_bind().dialect.name == "sqlite":
        for event in ("insert", "update"):
            op.execute(f"DROP TRIGGER jobs_place_{event}")
    op.drop_column("jobs", "place")
