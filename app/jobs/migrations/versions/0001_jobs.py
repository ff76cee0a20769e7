"""Jobs, measured speeds, and the turnstile before the queue."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(32)),
        sa.Column("stage_started_at", sa.DateTime(timezone=True)),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("duration_s", sa.Double()),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("deleting", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("error", sa.JSON()),
        sa.Column("engines", sa.JSON(), nullable=False),
        sa.Column("node", sa.String(32)),
        sa.Column("lease", sa.String(32)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_jobs_schedule", "jobs", ["status", "place"])
    op.create_index("ix_jobs_owner", "jobs", ["owner", "created_at"])
    op.create_table(
        "speeds",
        sa.Column("stage", sa.String(32), primary_key=True),
        sa.Column("engine", sa.String(255), primary_key=True),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("n", "x", "y", "xx", "xy")),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
    )
    turnstile = op.create_table(
        "turnstile",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("last_place", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(turnstile, [{"id": 1, "last_place": 0}])


def downgrade() -> None:
    for table in ("turnstile", "speeds", "jobs"):
        op.drop_table(table)
