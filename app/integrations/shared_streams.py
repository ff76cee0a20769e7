"""SharedStreams: saved live streams that several web processes have in common. The row says who writes one.

The folder of a stream is as it is now where its note names the same holder as the row. Elsewhere what is read
is a copy of the pieces in the bucket; where all processes share the folder, there is only that.
"""

import logging
import shutil
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.errors import AppError
from app.integrations.stream_copies import StreamCopies
from app.integrations.stream_pieces import StreamPieces
from app.integrations.tables import LiveStreamRow as Row
from app.jobs.database import DATABASE_AWAY
from app.jobs.retention import unclaimed_before
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from app.live.saved_stream import SavedStream
from app.live.stream_storage import OwnFolder, at, give, of_owner

logger = logging.getLogger(__name__)

SPOKEN_INTO = timedelta(
    seconds=30
)  # since its holder has kept something: each five seconds while sound comes
TAKES = timedelta(minutes=5)  # to make a job of a stream, at most: its process may be killed meanwhile
PATIENCE = 10  # times what a try in vain has cost: text does not wait for a bucket that does not answer
AWAY = (*DATABASE_AWAY, AppError, OSError)


class SharedStreams(OwnFolder):
    """See StreamStorage. pieces: None where all processes share the folder of uploads."""

    def __init__(self, store: JobStore, pieces: StreamPieces | None) -> None:
        self._store = store
        self._pieces = pieces
        self._copies = StreamCopies(pieces) if pieces else None
        self._held: set[str] = set()  # tokens of this process: nobody else writes what they name

    def bring(self, folder: Path, owner: str, recording: str, whole: bool) -> SavedStream | None:
        here, row = at(folder, recording), self._row(recording)
        if row is None:  # its process could not tell of it yet, or it was deleted
            return of_owner(here, owner) if not note(here) else None
        if row.owner != owner:
            return None
        if self._copies is None or note(here) == row.holder:
            if self._copies:
                self._copies.bring_corrections(here)
            with suppress(FileNotFoundError):
                if here.owner != owner:  # it was given to him at another process
                    give(here, owner)
            return of_owner(here, owner)
        return of_owner(self._copies.bring(folder, recording, owner, row.holder, whole), owner)

    def own(self, folder: Path, saved: SavedStream) -> SavedStream:
        here = at(folder, saved.recording)
        if saved.folder != here.folder:
            shutil.rmtree(here.folder, ignore_errors=True)
            saved.folder.rename(here.folder)
        elif note(here) not in self._held:  # whoever has it open still writes into files that nobody reads
            for path in (here.sound, here.text):
                with suppress(FileNotFoundError):
                    shutil.copy2(path, part := path.with_suffix(".part"))
                    part.replace(path)
        return here

    def begin(self, saved: SavedStream) -> "SharedTenure":
        holder = uuid.uuid4().hex
        self._held.add(holder)
        tenure = SharedTenure(saved, holder, self._store, self._pieces)
        tenure.keep()
        _write_note(saved, holder)
        return tenure

    def claim(self, saved: SavedStream) -> bool:
        if not note(saved):  # the others do not know of it
            return True
        now, holder = datetime.now(UTC), uuid.uuid4().hex
        free = or_(Row.taken_until.is_(None), Row.taken_until < now)
        taken = update(Row).where(Row.recording == saved.recording, Row.holder == note(saved), free)
        taken = taken.values(holder=holder, is_open=False, taken_until=now + TAKES)
        with self._store.begin() as session:
            if session.scalar(taken.returning(Row.holder)) is None:
                return False
        _write_note(saved, holder)
        return True

    def give_back(self, saved: SavedStream) -> None:
        mine = update(Row).where(Row.recording == saved.recording, Row.holder == note(saved))
        with self._store.begin() as session:
            session.execute(mine.values(taken_until=None))

    def ids(self, folder: Path, owner: str) -> set[str]:
        with self._store.begin() as session:
            known = session.scalars(select(Row.recording).where(Row.owner == owner)).all()
        return {*known} | super().ids(folder, owner)

    def owners(self, folder: Path) -> set[str]:
        with self._store.begin() as session:
            known = session.scalars(select(Row.owner).distinct()).all()
        return {*known} | super().owners(folder)

    def is_open(self, recording: str) -> bool:
        row = self._row(recording)
        return row is not None and row.is_open and row.seen_at > datetime.now(UTC) - SPOKEN_INTO

    def corrected(self, saved: SavedStream) -> None:
        if self._copies:
            self._copies.put_correction(saved)

    def move(self, folder: Path, owner: str, to: str) -> None:
        with self._store.begin() as session:
            session.execute(update(Row).where(Row.owner == owner).values(owner=to))
        super().move(folder, owner, to)

    def forget(self, recording: str) -> None:
        with self._store.begin() as session:
            session.execute(delete(Row).where(Row.recording == recording))
        if self._pieces:
            self._pieces.forget(recording)

    def expire(self, now: datetime) -> int:
        """Forget what nobody made minutes of, and what a kill left after they were made."""
        old = Row.seen_at < datetime.fromtimestamp(unclaimed_before(now), UTC)
        made = select(JobRow.id).where(JobRow.id == Row.recording).exists()
        with self._store.begin() as session:
            over = session.scalars(select(Row.recording).where(old | made)).all()
        for recording in over:
            self.forget(recording)
        return len(over)

    def _row(self, recording: str) -> Row | None:
        with self._store.begin() as session:
            return session.get(Row, recording)


class SharedTenure:
    """See Tenure. The row is claimed by the first turn that reaches the database."""

    def __init__(self, saved: SavedStream, holder: str, store: JobStore, pieces: StreamPieces | None) -> None:
        self._saved, self._holder, self._store, self._pieces = saved, holder, store, pieces
        self._owner = saved.owner
        self._begins = {path: path.stat().st_size for path in (saved.sound, saved.text)}
        self._kept: dict[Path, int] = {}  # up to where it is in the bucket, once the row is ours
        self._is_ours = False
        self._again_at = 0.0
        self._lock = threading.Lock()

    def keep(self) -> bool:
        return monotonic() < self._again_at or self._try(self._keep)

    def end(self) -> None:
        self._try(lambda: self._keep() and self._touch(is_open=False))

    def _try(self, turn: Callable[[], bool]) -> bool:
        began = monotonic()
        try:
            with self._lock:
                return turn()
        except AWAY as error:  # it is here, and is kept with what comes next
            self._again_at = monotonic() + PATIENCE * (monotonic() - began)
            logger.warning("live stream %s is on this machine alone: %s", self._saved.recording, error)
            return True

    def _keep(self) -> bool:
        if not self._is_ours:
            self._claim()
        if not self._touch():
            return False
        for path, begin in self._kept.items():
            assert self._pieces
            end = self._pieces.put(self._saved.recording, path, begin, self._holds)
            if end is None:
                return False
            self._kept[path] = end
        return True

    def _claim(self) -> None:
        recording, now = self._saved.recording, datetime.now(UTC)
        mine = update(Row).where(Row.recording == recording)
        mine = mine.values(holder=self._holder, is_open=True, seen_at=now, taken_until=None)
        with self._store.begin() as session:
            if session.scalar(mine.returning(Row.recording)) is None:
                session.add(Row(recording=recording, owner=self._owner, holder=self._holder, seen_at=now))
        if self._pieces:
            for path, n_bytes in self._begins.items():
                self._kept[path] = self._pieces.cut(recording, path.name, n_bytes)
        self._is_ours = True

    def _touch(self, is_open: bool = True) -> bool:
        mine = update(Row).where(Row.recording == self._saved.recording, Row.holder == self._holder)
        shown = mine.values(seen_at=datetime.now(UTC), is_open=is_open).returning(Row.recording)
        with self._store.begin_one() as session:
            return session.scalar(shown) is not None

    def _holds(self, session: Session) -> bool:
        mine = select(Row.holder).where(Row.recording == self._saved.recording).with_for_update()
        return session.scalar(mine) == self._holder


def note(saved: SavedStream) -> str:
    """Return whose files these are; "" where nobody was told of them."""
    try:
        return (saved.folder / "holder").read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def _write_note(saved: SavedStream, holder: str) -> None:
    (saved.folder / "holder").write_text(holder, encoding="ascii")
