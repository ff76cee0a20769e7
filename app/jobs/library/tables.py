"""Tables of the library: what recordings say, to be searched, and how visitors have tagged them.

SQLite searches `passages` by an FTS5 table that triggers keep up to date, PostgreSQL by a GIN index. Both are
made by the migration 0012.
"""

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.jobs.tables import Base


class PassageRow(Base):
    """A line of a recording: its name, what was said, or a point of its minutes.

    kind: as in `passages.Passage`; start: seconds, None for the name; stems: of the text, as `words.stems`.
    """

    __tablename__ = "passages"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    job_id: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    start: Mapped[float | None]
    text: Mapped[str] = mapped_column(Text)
    stems: Mapped[str] = mapped_column(Text)


class TagRow(Base):
    """A tag of a recording."""

    __tablename__ = "tags"

    job_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True)
