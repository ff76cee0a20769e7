"""Shelf: how the owner of a recording calls and tags it, and whether it is kept."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.config import Config
from app.errors import N_, BadInput, Conflict
from app.jobs.folders import Folders
from app.jobs.job import Job
from app.jobs.job_files import JobFiles
from app.jobs.library.search_index import SearchIndex
from app.jobs.library.tables import TagRow
from app.jobs.store import JobStore, storable
from app.jobs.tables import JobRow

MOST_TAGS = 12
MOST_TAG_CHARACTERS = 40
MOST_NAME_CHARACTERS = 200
NO_NAME = N_("A recording needs a name.")
TOO_MANY = N_("Give at most %(n)d tags of %(most)d characters each.")
NO_ROOM = N_(
    "There is no room to keep more: at most %(limit_gb).1f GB are kept on this server. "
    "Let go of a recording that you no longer need, or download this one."
)


class Shelf:
    """What is noted of recordings. Whose a job is, the caller has asked `JobService.get`."""

    def __init__(
        self,
        config: Config,
        store: JobStore,
        folders: Folders,
        files: JobFiles,
        check_space: Callable[[], None],
    ) -> None:
        self._keep_bytes = config.keep_bytes
        self._store = store
        self._files = files
        self._index = SearchIndex(store, folders, files)
        self._check_space = check_space

    def rename(self, job: Job, name: str) -> None:
        """Call a recording otherwise, in its documents too. Raises BadInput for a name that is none."""
        name = storable(" ".join(name.split()))[:MOST_NAME_CHARACTERS].strip()
        if not name:
            raise BadInput(NO_NAME)
        with self._store.begin() as session:
            session.execute(update(JobRow).where(JobRow.id == job.id).values(name=name))
            tags = session.scalars(select(TagRow.tag).where(TagRow.job_id == job.id)).all()
            self._index.put_name(session, job.id, name, tags)

    def tag(self, job: Job, tags: Sequence[str]) -> None:
        """Give a recording these tags instead of those that it has. Raises BadInput."""
        wanted = tuple(dict.fromkeys(filter(None, (storable(" ".join(tag.split())) for tag in tags))))
        if len(wanted) > MOST_TAGS or any(len(tag) > MOST_TAG_CHARACTERS for tag in wanted):
            raise BadInput(TOO_MANY, n=MOST_TAGS, most=MOST_TAG_CHARACTERS)
        with self._store.begin() as session:
            session.execute(delete(TagRow).where(TagRow.job_id == job.id))
            if wanted:
                session.execute(insert(TagRow), [{"job_id": job.id, "tag": tag} for tag in wanted])
            self._index.put_name(session, job.id, job.name, wanted)

    def keep(self, job: Job) -> None:
        """Let a recording not expire. Raises Conflict or StorageFull where there is no room for it."""
        with self._store.begin() as session:
            kept = set(session.scalars(select(JobRow.id).where(JobRow.kept, ~JobRow.deleting)))
        if sum(map(self._files.size_bytes, kept | {job.id})) > self._keep_bytes:
            raise Conflict(NO_ROOM, limit_gb=self._keep_bytes / 1e9)
        self._check_space()
        self._change(job, kept=True)

    def release(self, job: Job) -> None:
        """Let a recording expire as others do, from now on."""
        self._change(job, kept=False, released_at=datetime.now(UTC))

    def _change(self, job: Job, **values: Any) -> None:
        with self._store.begin() as session:
            session.execute(update(JobRow).where(JobRow.id == job.id).values(**values))
