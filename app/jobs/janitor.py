"""Janitor: deletes what its owners deleted, what was kept long enough, and what nobody owns.

By the state in the database, never by a file's age, except for files that no row knows.
"""

import logging
import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from app.errors import N_
from app.jobs.expiry import Expiry
from app.jobs.folders import Folders
from app.jobs.hooks import Hooks
from app.jobs.job import JobError, JobStatus
from app.jobs.retention import unclaimed_before
from app.jobs.store import JobStore
from app.jobs.voices import Voices

logger = logging.getLogger(__name__)

FILES_GONE = N_("The files of this recording are gone from the server. Please send it again.")


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did. expired: jobs whose time was over; removed: jobs whose files and rows went."""

    expired: int = 0
    removed: int = 0
    orphans: int = 0
    stale_uploads: int = 0


class Janitor:
    """Its thread calls `sweep`; a job that its owner deletes goes by `remove`."""

    def __init__(self, store: JobStore, folders: Folders, hooks: Hooks, voices: Voices) -> None:
        self._store = store
        self._expiry = Expiry(store)
        self._folders = folders
        self._hooks = hooks
        self._voices = voices

    def sweep(self, now: datetime) -> Swept:
        """Do one round. Every step may be repeated, so a kill between two of them loses nothing."""
        self._voices.expire(now)
        expired = self._expiry.expire(now)
        marked = self._expiry.to_delete()
        removed = sum(self.remove(job_id) for job_id in marked)
        long_ago = unclaimed_before(now)
        orphans = self._folders.jobs(older_than=long_ago)
        orphans -= self._expiry.known(orphans)  # asked after the listing: a row is written after its files
        removed_orphans = self._remove_orphans(orphans)
        stale = self._folders.drop_stale_uploads(older_than=long_ago)
        self._folders.empty_trash()
        swept = Swept(expired, removed, removed_orphans, stale)
        if swept != Swept():
            logger.info("swept: %s", swept)
        return swept

    def drop_leftovers(self) -> None:
        """Delete what was on its way when its process died. Only while no other process takes uploads."""
        n = self._folders.drop_cut_off_uploads()
        if any(self._store.counts().values()):  # else it may be the wrong database
            orphans = self._folders.jobs(older_than=math.inf)
            orphans -= self._expiry.known(orphans)
            n += self._remove_orphans(orphans)
        if n:
            logger.info("%s uploads that were cut off by the end of their process are deleted", n)

    def _remove_orphans(self, orphans: Collection[str]) -> int:
        """Delete what can be; what another user of the system owns stays, and keeps nothing else waiting."""
        n = 0
        for job_id in orphans:
            try:
                self._folders.remove(job_id)
                n += 1
            except OSError as error:
                logger.warning("the files of %s, which no recording knows, stay: %s", job_id, error)
        return n

    def remove(self, job_id: str) -> bool:
        """Delete the files, then the row, of a job that is marked for it."""
        try:
            self._folders.remove(job_id)
        except OSError:  # Windows: somebody reads it; the next sweep tries again
            logger.warning("job %s cannot be deleted now", job_id, exc_info=True)
            return False
        self._expiry.forget(job_id, self._hooks.forget)
        return True

    def settle_lost_files(self) -> int:
        """Fail jobs whose files somebody took away while the program was not running.

        What ended ones keep to go on with goes too: the process died before it could delete that.
        """
        n_lost = 0
        for job in self._store.visible():
            if job.status in (JobStatus.DONE, JobStatus.CANCELLED):
                self._folders.drop_parts(job.id)
            needed = (
                self._folders.result(job.id) if job.status is JobStatus.DONE else self._folders.source(job.id)
            )
            waits = job.status in (JobStatus.QUEUED, JobStatus.DONE)
            if waits and not needed.exists() and not self._kept_elsewhere(job.id):
                n_lost += self._expiry.fail(job, JobError(FILES_GONE))
        return n_lost

    def _kept_elsewhere(self, job_id: str) -> bool:
        return self._hooks.files is not None and self._hooks.files.is_kept(job_id)
