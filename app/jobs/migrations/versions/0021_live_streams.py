"""Live streams that several web processes have in common, and which process has room for more."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_streams",
        sa.Column("recording", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_live_streams_owner", "live_streams", ["owner"])
    op.create_index("ix_live_streams_seen_at", "live_streams", ["seen_at"])
    op.create_table(
        "live_servers",
        sa.Column("node", sa.String(32), primary_key=True),
        sa.Column("url", sa.Text()),
        sa.Column("n_open", sa.BigInteger(), nullable=False),
        sa.Column("n_places", sa.BigInteger()),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("live_servers")
    op.drop_table("live_streams")
