"""Copies of jobs' files in S3. A job never waits for them and never fails because of them.

The files stay here; what is still to be sent or deleted there is a row that is tried until it is done.
"""

import logging
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.audio.atomic import atomic_write
from app.config import Config
from app.errors import AppError
from app.integrations.tables import CopyRow
from app.jobs.folders import Folders
from app.jobs.job import Job, JobStatus
from app.jobs.job_files import FolderFiles
from app.jobs.store import ENDED, JobStore
from app.jobs.tables import JobRow, changed
from app.pipeline.sound_files import is_sound, source_is_sound
from app.storage.files import Storage

logger = logging.getLogger(__name__)

PENDING, COPIED, DELETING = "pending", "copied", "deleting"
BACKOFF_S, MAX_BACKOFF_S = 5.0, 900.0
AT_ONCE = 20  # rows that one turn looks at


class S3Copies(FolderFiles):
    """What a job left, on its way to S3 or from there. Its thread calls `run_once`."""

    def __init__(
        self, config: Config, store: JobStore, folders: Folders, connect: Callable[[], Storage]
    ) -> None:
        super().__init__(folders)
        self._store = store
        self._connect = connect
        self._remote: Storage | None = None
        self._wanted = config.storage == "s3"  # copies that were made before are looked after anyway
        self._keep_local = config.s3_keep_local
        self._trees = {"uploads": config.uploads_dir, "results": config.results_dir}

    @property
    def remote(self) -> Storage:
        if self._remote is None:
            self._remote = self._connect()
        return self._remote

    def run_once(self, now: datetime) -> int:
        """Note the files of jobs that ended, then send or delete what is due. Returns how much was done."""
        if self._wanted:
            for job_id in self._unnoted():
                self._note(job_id, now)
        return sum(self._settle(row, now) for row in self._due(now))

    def note_all(self, now: datetime) -> int:
        """Note the files of every ended job, and make all that waits due now. Returns what is to be sent."""
        for job_id in self._unnoted():
            self._note(job_id, now)
        with self._store.begin() as session:
            session.execute(update(CopyRow).where(CopyRow.state != COPIED).values(next_try_at=now))
            return session.scalars(select(func.count()).where(CopyRow.state == PENDING)).one()

    def pending(self) -> int:
        with self._store.begin() as session:
            return session.scalars(select(func.count()).where(CopyRow.state == PENDING)).one()

    def forget(self, session: Session, job_id: str) -> None:
        """Have a job's copies deleted, however long S3 is away."""
        unsent = and_(CopyRow.state == PENDING, CopyRow.attempts == 0)
        session.execute(delete(CopyRow).where(CopyRow.job_id == job_id, unsent))
        gone = update(CopyRow).where(CopyRow.job_id == job_id)
        session.execute(gone.values(state=DELETING, attempts=0, next_try_at=datetime.now().astimezone()))

    def fetch(self, job_id: str, path: Path) -> bool:
        """Have a file here, checked by its sha256 where it comes from S3. False: there is none."""
        return path.is_file() or self._bring_back(job_id, path)

    def _bring_back(self, job_id: str, path: Path) -> bool:
        key = self._key(path)
        with self._store.begin() as session:
            row = session.get(CopyRow, key)
        if row is None or row.state != COPIED or row.job_id != job_id:
            return False
        with self.remote.local_path(key, row.sha256) as fetched:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with atomic_write(path) as part:
                shutil.copyfile(fetched, part)
        return True

    def is_kept(self, job_id: str) -> bool:
        return bool(self._kept(job_id))

    def _kept(self, job_id: str) -> list[str]:
        there = select(CopyRow.key).where(CopyRow.job_id == job_id, CopyRow.state == COPIED)
        with self._store.begin() as session:
            return [*session.scalars(there)]

    def load(self, job: Job) -> None:
        """Fetch what a job is shown from and is here no more; its sound is fetched when it is asked for."""
        if job.status is not JobStatus.DONE:
            return
        for path in map(self._path, self._kept(job.id)):
            if not path.exists() and not self._is_sound(path, job.stages):
                self._bring_back(job.id, path)

    def presigned(self, job_id: str, path: Path, download_name: str) -> str | None:
        """Return an address that a browser can fetch the copy from. None: the file is here, or nowhere."""
        if path.is_file():
            return None
        with self._store.begin() as session:
            row = session.get(CopyRow, self._key(path))
        if row is None or row.state != COPIED or row.job_id != job_id:
            return None
        return self.remote.presign(row.key, download_name)

    def _unnoted(self) -> list[str]:
        told = or_(JobRow.clean_request.is_(None), JobRow.recorded == JobRow.status)
        ended = and_(JobRow.status.in_(ENDED), JobRow.copy_state.is_(None), ~JobRow.deleting, told)
        with self._store.begin() as session:
            return [*session.scalars(select(JobRow.id).where(ended))]

    def _note(self, job_id: str, now: datetime) -> None:
        paths = [self._folders.source(job_id), *self._folders.result(job_id).glob("*")]
        files = [path for path in paths if path.is_file() and path.suffix != ".part"]
        if not files:
            return  # they are on another machine, or being deleted
        with self._store.begin() as session:
            noted = update(JobRow).where(JobRow.id == job_id, JobRow.status.in_(ENDED), ~JobRow.deleting)
            if session.scalar(noted.values(copy_state=PENDING).returning(JobRow.id)) is None:
                return
            for path in files:
                fresh = {"state": PENDING, "sha256": None, "attempts": 0, "next_try_at": now, "error": None}
                size_bytes = path.stat().st_size
                session.merge(CopyRow(key=self._key(path), job_id=job_id, size_bytes=size_bytes, **fresh))

    def _due(self, now: datetime) -> list[CopyRow]:
        """Return the next rows, but for files that are on another machine, or whose job is being deleted.

        However many those are, they keep none that are here waiting.
        """
        due = select(CopyRow).where(CopyRow.state != COPIED, CopyRow.next_try_at <= now)
        with self._store.begin() as session:
            found = session.scalars(due.order_by(CopyRow.next_try_at).execution_options(yield_per=AT_ONCE))
            here = (row for row in found if row.state == DELETING or self._path(row.key).is_file())
            return [*islice(here, AT_ONCE)]

    def _settle(self, row: CopyRow, now: datetime) -> bool:
        path = self._path(row.key)
        if not self._claimed(row, now):
            return False
        try:
            if row.state == DELETING:
                self.remote.delete(row.key)
                self._deleted(row)
            else:
                stored = self.remote.put(row.key, path)
                self._sent(row, stored.sha256, stored.size_bytes)
        except (AppError, OSError) as error:
            logger.warning("%s waits for the storage: %s", row.key, error)
            self._change(row, error=str(error))
            return False
        return True

    def _claimed(self, row: CopyRow, now: datetime) -> bool:
        """Take a row before anybody else does, and put off its next try."""
        pause = min(BACKOFF_S * 2**row.attempts, MAX_BACKOFF_S)
        due = update(CopyRow).where(CopyRow.key == row.key, CopyRow.state == row.state)
        due = due.where(CopyRow.next_try_at == row.next_try_at)
        later = {"next_try_at": now + timedelta(seconds=pause), "attempts": CopyRow.attempts + 1}
        with self._store.begin() as session:
            return session.scalar(due.values(later).returning(CopyRow.key)) is not None

    def _sent(self, row: CopyRow, sha256: str, size_bytes: int) -> None:
        self._change(row, state=COPIED, sha256=sha256, size_bytes=size_bytes, error=None)
        left = select(CopyRow.key).where(CopyRow.job_id == row.job_id, CopyRow.state == PENDING).exists()
        whole = update(JobRow).where(JobRow.id == row.job_id, JobRow.copy_state == PENDING, ~left)
        with self._store.begin() as session:
            job = changed(session, whole.values(copy_state=COPIED))
        if job and job.status == JobStatus.DONE and not self._keep_local:
            self._drop_sound(job.id, job.stages)

    def _drop_sound(self, job_id: str, stages: Sequence[str]) -> None:
        """Make room: what a job is shown from stays here, its sound is in S3."""
        for path in (self._folders.source(job_id), *self._folders.result(job_id).glob("*")):
            if self._is_sound(path, stages):
                path.unlink(missing_ok=True)

    def _is_sound(self, path: Path, stages: Sequence[str]) -> bool:
        source = path.is_relative_to(self._trees["uploads"])
        return source_is_sound(stages) if source else is_sound(path)

    def _deleted(self, row: CopyRow) -> None:
        with self._store.begin() as session:
            session.execute(delete(CopyRow).where(CopyRow.key == row.key, CopyRow.state == DELETING))

    def _change(self, row: CopyRow, **values: object) -> None:
        with self._store.begin() as session:
            session.execute(
                update(CopyRow).where(CopyRow.key == row.key, CopyRow.state == row.state).values(**values)
            )

    def _key(self, path: Path) -> str:
        tree = next(name for name, root in self._trees.items() if path.is_relative_to(root))
        return f"{tree}/{path.relative_to(self._trees[tree]).as_posix()}"

    def _path(self, key: str) -> Path:
        tree, _, rest = key.partition("/")
        return self._trees[tree] / rest
