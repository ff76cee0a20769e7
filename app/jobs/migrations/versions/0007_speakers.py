"""How many people speak in a recording, as its visitor said."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("speakers", sa.String(8), nullable=False, server_default="auto"))


def downgrade() -> None:
    op.drop_column("jobs", "speakers")
