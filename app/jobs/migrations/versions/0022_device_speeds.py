"""Speeds of each kind of worker, and what a worker computes on."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_speeds",
        sa.Column("stage", sa.String(32), primary_key=True),
        sa.Column("engine", sa.String(255), primary_key=True),
        sa.Column("device", sa.String(8), primary_key=True),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("n", "x", "y", "xx", "xy")),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("workers", sa.Column("device", sa.String(8), nullable=False, server_default="auto"))


def downgrade() -> None:
    op.drop_column("workers", "device")
    op.drop_table("device_speeds")
