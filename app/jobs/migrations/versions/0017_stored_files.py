"""What lies in the bucket, where that is the storage of jobs' files."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("object", sa.String(700), primary_key=True),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_stored_files_job_id", "stored_files", ["job_id"])
    op.create_index("ix_stored_files_due", "stored_files", ["state", "due_at"])
    there = sa.text("state = 'there'")
    op.create_index(
        "ix_stored_files_there",
        "stored_files",
        ["job_id", "name"],
        unique=True,
        sqlite_where=there,
        postgresql_where=there,
    )


def downgrade() -> None:
    op.drop_table("stored_files")
