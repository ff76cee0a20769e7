"""What recordings say, to be searched; tags; what is kept longer than the others."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Its words are made in app/jobs/library/words.py; nothing but spaces parts them.
SEARCH_ON_SQLITE = (
    "CREATE VIRTUAL TABLE passages_fts USING fts5(job_id, stems, content='passages', content_rowid='id',"
    " tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER passages_added AFTER INSERT ON passages BEGIN"
    " INSERT INTO passages_fts(rowid, job_id, stems) VALUES (new.id, new.job_id, new.stems); END",
    "CREATE TRIGGER passages_gone AFTER DELETE ON passages BEGIN"
    " INSERT INTO passages_fts(passages_fts, rowid, job_id, stems)"
    " VALUES ('delete', old.id, old.job_id, old.stems); END",
)
SEARCH_ON_POSTGRESQL = (
    "CREATE INDEX ix_passages_stems ON passages USING gin (to_tsvector('simple'::regconfig, stems))",
)


def upgrade() -> None:
    for column in (
        sa.Column("kept", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.Column("indexed", sa.String(128)),
        sa.Column("spoken", sa.String(16)),
    ):
        op.add_column("jobs", column)
    op.create_table(
        "tags",
        sa.Column("job_id", sa.String(32), primary_key=True),
        sa.Column("tag", sa.String(64), primary_key=True),
    )
    op.create_table(
        "passages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("start", sa.Double()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stems", sa.Text(), nullable=False),
    )
    op.create_index("ix_passages_job_id", "passages", ["job_id"])
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SEARCH_ON_SQLITE if on_sqlite else SEARCH_ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE passages_fts")
    op.drop_table("passages")
    op.drop_table("tags")
    for name in ("kept", "released_at", "indexed", "spoken"):
        op.drop_column("jobs", name)
