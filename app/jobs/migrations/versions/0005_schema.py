"""The schema of version 0.1.0. Its revision is the last of the steps that once led there."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
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
        sa.Column("progressed_at", sa.DateTime(timezone=True)),
        sa.Column("fruitless", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("callback_url", sa.Text()),
        sa.Column("ordered", sa.JSON()),
        sa.Column("recorded", sa.String(16)),
        sa.Column("copy_state", sa.String(16)),
        sa.Column("waiting_since", sa.DateTime(timezone=True)),
        sa.Column("waits_until", sa.DateTime(timezone=True)),
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
    counter = op.create_table(
        "turnstile",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("last_place", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(counter, [{"id": 1, "last_place": 0}])
    op.create_table(
        "copies",
        sa.Column("key", sa.String(512), primary_key=True),
        sa.Column("job_id", sa.String(32), nullable=False, index=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text()),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("job_id", sa.String(32), nullable=False, index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("history", sa.JSON(), nullable=False),
        sa.UniqueConstraint("job_id", "kind", "ended_at"),
    )
    op.create_table(
        "objects",
        sa.Column("key", sa.String(1024), primary_key=True),
        sa.Column("job_id", sa.String(32), nullable=False, index=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    for table in ("objects", "deliveries", "copies", "turnstile", "speeds", "jobs"):
        op.drop_table(table)
