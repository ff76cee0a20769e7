"""Callbacks, orders of the service, copies in S3, deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("callback_url", sa.Text()))
        jobs.add_column(sa.Column("ordered", sa.JSON()))
        jobs.add_column(sa.Column("recorded", sa.String(16)))
        jobs.add_column(sa.Column("copy_state", sa.String(16)))
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


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("copies")
    with op.batch_alter_table("jobs") as jobs:
        for name in ("copy_state", "recorded", "ordered", "callback_url"):
            jobs.drop_column(name)
