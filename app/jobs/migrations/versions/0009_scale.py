"""The order of many owners and of two kinds of worker, and the workers themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NEW = (
    ("ix_jobs_schedule", ["status", "priority", "round_number", "queue_number"]),
    ("ix_jobs_queue", ["queue", "status", "priority", "round_number", "queue_number", "waits_until"]),
    ("ix_jobs_owner_rounds", ["owner", "priority", "status", "round_number"]),
    ("ix_jobs_lease", ["lease"]),
)


def upgrade() -> None:
    for column in (
        sa.Column("priority", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("round_number", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("queue", sa.String(8), nullable=False, server_default="cpu"),
        sa.Column("request_id", sa.String(32)),
    ):
        op.add_column("jobs", column)
    op.drop_index("ix_jobs_schedule", "jobs")
    for name, columns in NEW:
        op.create_index(name, "jobs", columns)
    op.create_table(
        "workers",
        sa.Column("node", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("n_done", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_workers_seen_at", "workers", ["seen_at"])


def downgrade() -> None:
    op.drop_table("workers")
    for name, _ in NEW:
        op.drop_index(name, "jobs")
    op.create_index("ix_jobs_schedule", "jobs", ["status", "queue_number"])
    for name in ("priority", "round_number", "queue", "request_id"):
        op.drop_column("jobs", name)
