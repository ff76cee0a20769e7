"""Jobs that wait for a storage, and the checksums of what the cleaning service has stored."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("waiting_since", sa.DateTime(timezone=True)))
        jobs.add_column(sa.Column("waits_until", sa.DateTime(timezone=True)))
    op.create_table(
        "objects",
        sa.Column("key", sa.String(1024), primary_key=True),
        sa.Column("job_id", sa.String(32), nullable=False, index=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("objects")
    with op.batch_alter_table("jobs") as jobs:
        for name in ("waits_until", "waiting_since"):
            jobs.drop_column(name)
