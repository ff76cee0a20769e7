"""Uploads that browsers send straight into the bucket: whose they are, and by what name."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "direct_uploads",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("object", sa.String(700), nullable=False),
        sa.Column("multipart", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_direct_uploads_owner", "direct_uploads", ["owner"])
    op.create_index("ix_direct_uploads_due_at", "direct_uploads", ["due_at"])


def downgrade() -> None:
    op.drop_table("direct_uploads")
