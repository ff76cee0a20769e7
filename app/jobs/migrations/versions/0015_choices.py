"""What a visitor has chosen for a recording: the model that hears it, the form of its minutes."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("model", sa.String(64), nullable=False, server_default="auto"))
    op.add_column("jobs", sa.Column("form", sa.String(32), nullable=False, server_default="minutes"))


def downgrade() -> None:
    op.drop_column("jobs", "form")
    op.drop_column("jobs", "model")
