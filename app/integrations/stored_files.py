"""StoredFiles: which object of the bucket is which file of a job now. The row is the truth, not the bucket.

A row is written before its object (arriving), holds once the object is whole (there), and stays until the
object is deleted (leaving). So a kill at any moment leaves nothing that nobody knows of, and who reads meets
one version of a file or the next, never a mixture.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, false, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from app.integrations.tables import LiveStreamRow
from app.integrations.tables import StoredFileRow as Row
from app.jobs.retention import UNCLAIMED
from app.jobs.store import JobStore
from app.jobs.tables import JobRow

ARRIVING, THERE, LEAVING = "arriving", "there", "leaving"
LINGERS = timedelta(minutes=1)  # whoever has just read the row of an object may still be fetching it
RETRY = timedelta(seconds=30)
LIVE = "live/"  # names of what is no job's: the pieces of a saved live stream, whose id a job may get
AT_ONCE = 50  # rows that one turn looks at


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a job as it lies in the bucket. name: "uploads/source", "results/minutes.json".

    Those of a saved live stream, "live/sound/…", are pieces (`stream_pieces.py`).

    sha256: "" of what a browser has put there.
    """

    object: str
    job_id: str
    name: str
    size_bytes: int
    mtime_ns: int
    sha256: str


class StoredFiles:
    """The rows of all files."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def of(self, job_id: str) -> list[StoredFile]:
        """Return all files of a job."""
        return self._there(Row.job_id == job_id, ~Row.name.startswith(LIVE))

    def of_stream(self, recording: str, file: str) -> list[StoredFile]:
        """Return the pieces of a file of a saved live stream, in their order."""
        pieces = self._there(Row.job_id == recording, Row.name.startswith(f"{LIVE}{file}", autoescape=True))
        return sorted(pieces, key=lambda piece: piece.name)

    def get(self, job_id: str, name: str) -> StoredFile | None:
        """Return a file of a job as it is now."""
        return next(iter(self._there(Row.job_id == job_id, Row.name == name)), None)

    def sizes(self, job_ids: Collection[str], name: str) -> Mapping[str, int]:
        """Return the length of a file of this name of each job that has one."""
        asked = select(Row.job_id, Row.size_bytes).where(Row.state == THERE, Row.name == name)
        with self._store.begin() as session:
            found = session.execute(asked.where(Row.job_id.in_(job_ids))).all()
            return {row.job_id: row.size_bytes for row in found}

    def arrive(self, job_id: str, name: str, size_bytes: int, mtime_ns: int) -> str:
        """Note that a file is being sent; return the key of its object."""
        tree, _, rest = name.partition("/")
        key = f"{tree}/{job_id}/{rest}/{uuid.uuid4().hex}"
        row = Row(
            object=key, job_id=job_id, name=name, state=ARRIVING, size_bytes=size_bytes, mtime_ns=mtime_ns
        )
        row.due_at = datetime.now(UTC) + UNCLAIMED
        with self._store.begin() as session:
            session.add(row)
        return key

    def take(self, key: str, job_id: str, name: str, size_bytes: int, mtime_ns: int) -> None:
        """Let an object be a file that others have put there. What it is made of is not known: no sha256."""
        row = Row(object=key, job_id=job_id, name=name, state=THERE, size_bytes=size_bytes, mtime_ns=mtime_ns)
        row.due_at = datetime.now(UTC) + UNCLAIMED
        with suppress(IntegrityError), self._store.begin() as session:  # or another has done so just now
            session.add(row)

    def has(self, key: str) -> bool:
        """Tell whether an object is a file, or was one and is looked after still."""
        with self._store.begin() as session:
            return session.get(Row, key) is not None

    def settle(
        self,
        key: str,
        sha256: str,
        instead_of: StoredFile | None,
        provided: Callable[[Session], bool] = lambda _: True,
    ) -> bool:
        """Let an object that has arrived be the file. False: another has taken that place meanwhile.

        provided: what else must be so, asked in the same transaction.
        """
        now = datetime.now(UTC)
        arrived = update(Row).where(Row.object == key, Row.state == ARRIVING)
        arrived = arrived.values(state=THERE, sha256=sha256, due_at=now + UNCLAIMED)
        try:
            with self._store.begin() as session:
                before = Row.object == instead_of.object if instead_of else false()
                if not provided(session):
                    return self._lost(session, key, now)
                if instead_of and not session.scalar(_leaving(before, now + LINGERS)):
                    return self._lost(session, key, now)
                return session.scalar(arrived.returning(Row.object)) is not None
        except IntegrityError:  # of two first versions, the index lets one be there
            with self._store.begin() as session:
                return self._lost(session, key, now)

    def discard(self, job_id: str, names: Collection[str]) -> None:
        """Let files of a job be there no more."""
        with self._store.begin() as session:
            which = and_(Row.job_id == job_id, Row.name.in_(names), Row.state == THERE)
            session.execute(_leaving(which, datetime.now(UTC) + LINGERS))

    def forget(self, session: Session, job_id: str) -> None:
        """Have all objects of a job deleted, those that arrive just now too."""
        gone = update(Row).where(Row.job_id == job_id, ~Row.name.startswith(LIVE))
        session.execute(gone.values(state=LEAVING, due_at=datetime.now(UTC)))

    def due(self, now: datetime) -> Sequence[str]:
        """Return objects that are to be deleted now, and put off the next try."""
        claims = (
            select(JobRow.id).where(JobRow.id == Row.job_id),
            select(LiveStreamRow.recording).where(LiveStreamRow.recording == Row.job_id),
        )
        unclaimed = and_(Row.state == THERE, *(~claim.exists() for claim in claims))
        with self._store.begin() as session:  # what a kill cut off, and files of what never became a job
            session.execute(_leaving(and_(or_(Row.state == ARRIVING, unclaimed), Row.due_at <= now), now))
        due = select(Row.object).where(Row.state == LEAVING, Row.due_at <= now).limit(AT_ONCE)
        taken = update(Row).where(Row.object.in_(due), Row.state == LEAVING).values(due_at=now + RETRY)
        with self._store.begin() as session:
            return session.scalars(taken.returning(Row.object)).all()

    def deleted(self, key: str) -> None:
        """Note that an object is gone."""
        with self._store.begin() as session:
            session.execute(delete(Row).where(Row.object == key, Row.state == LEAVING))

    def known_jobs(self, job_ids: Collection[str]) -> set[str]:
        """Return those that are jobs."""
        with self._store.begin() as session:
            return {*session.scalars(select(JobRow.id).where(JobRow.id.in_(job_ids), ~JobRow.deleting))}

    def _there(self, *conditions: ColumnElement[bool]) -> list[StoredFile]:
        asked = select(Row).where(Row.state == THERE, *conditions).order_by(Row.name)
        with self._store.begin() as session:
            return [
                StoredFile(row.object, row.job_id, row.name, row.size_bytes, row.mtime_ns, row.sha256 or "")
                for row in session.scalars(asked)
            ]

    @staticmethod
    def _lost(session: Session, key: str, now: datetime) -> bool:
        session.execute(update(Row).where(Row.object == key).values(state=LEAVING, due_at=now))
        return False


def _leaving(which: ColumnElement[bool], due_at: datetime) -> ReturningUpdate[tuple[str]]:
    leaving = update(Row).where(which, Row.state != LEAVING).values(state=LEAVING, due_at=due_at)
    return leaving.returning(Row.object)
