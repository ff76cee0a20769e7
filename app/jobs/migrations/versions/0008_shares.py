"""Links by which others read a recording."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("with_sound", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_shares_job_id", "shares", ["job_id"])


def downgrade() -> None:
    op.drop_table("shares")
