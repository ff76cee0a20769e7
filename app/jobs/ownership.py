"""Whose things are whose: what a visitor has made becomes an account's, and goes when the account goes."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.jobs import voices
from app.jobs.store import stopped
from app.jobs.tables import JobRow


def move(session: Session, visitor: str, account: str) -> int:
    """Give an account the recordings and voices of a visitor; return how many recordings these were.

    It begins with a change, so that two who do it at once come one after the other; the second finds nothing.
    """
    mine = update(JobRow).where(JobRow.owner == visitor).values(owner=account)
    n = len(session.scalars(mine.returning(JobRow.id)).all())
    voices.move(session, visitor, account)
    return n


def give_up(session: Session, owner: str) -> int:
    """Delete all that an owner has, what is kept or still worked on too; return how many recordings."""
    gone = update(JobRow).where(JobRow.owner == owner, ~JobRow.deleting).values(deleting=True)
    ids = session.scalars(gone.returning(JobRow.id)).all()
    session.execute(stopped().where(JobRow.owner == owner))
    voices.forget_all(session, owner)
    return len(ids)
