"""SearchIndex: brings what recordings say into the database's full-text search, and asks it.

Nobody has to tell it of a change: a row says from what it was indexed, and who searches compares that with
what there is now. So what a kill cuts off, and what an older version left, is made up for.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import (
    ColumnElement,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.orm import Session

from app.errors import AppError
from app.jobs.folders import Folders
from app.jobs.job import Job
from app.jobs.job_files import JobFiles
from app.jobs.library.passages import Kind, Passage, name_passage, passages
from app.jobs.library.tables import PassageRow, TagRow
from app.jobs.library.words import Term, stems
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from app.pipeline import artifacts, corrections

logger = logging.getLogger(__name__)

FORMAT = 1  # of the index: with another, all is indexed anew
PATIENCE_S = 2.0  # who searches waits so long for what is new; the rest is for the next who does
MOST_PLACES = 500  # that are looked at for the recordings which a question is about
FTS = table("passages_fts", column("rowid"), column("passages_fts"))


@dataclass(frozen=True, slots=True)
class Hit:
    """A place of a recording that says what is searched for. start: seconds."""

    kind: Kind
    start: float
    text: str


class SearchIndex:
    """The passages of all recordings. Whose they are, the caller asks."""

    def __init__(self, store: JobStore, folders: Folders, files: JobFiles) -> None:
        self._store = store
        self._folders = folders
        self._files = files
        self._on_sqlite = store.engine.dialect.name == "sqlite"

    def refresh(self, owner: str, patience_s: float = PATIENCE_S) -> int:
        """Index what is new of an owner's recordings; return how many had to be left for the next time."""
        columns = (JobRow.id, JobRow.stage, JobRow.finished_at, JobRow.indexed)  # there may be 10,000 rows
        mine = select(*columns).where(JobRow.owner == owner, ~JobRow.deleting)
        with self._store.begin() as session:
            rows = session.execute(mine).all()
        corrected = self._files.sizes([job_id for job_id, *_ in rows], corrections.JOURNAL)
        stale = [
            (job_id, stamp)
            for job_id, stage, finished_at, known in rows
            if (stamp := _stamp(stage, finished_at, corrected.get(job_id, 0))) != known
        ]
        end = time.monotonic() + patience_s
        for n_done, (job_id, stamp) in enumerate(stale):
            if n_done and time.monotonic() > end:
                return len(stale) - n_done
            if job := self._store.get(owner, job_id):
                self._index(job, stamp)
        return 0

    def put_name(self, session: Session, job_id: str, name: str, tags: Sequence[str]) -> None:
        """Let a recording be found by its present name and tags."""
        named = (PassageRow.job_id == job_id, PassageRow.kind == "name")
        session.execute(delete(PassageRow).where(*named))
        session.execute(insert(PassageRow), [_row(job_id, name_passage(name, tags))])

    def says(self, term: Term) -> ColumnElement[bool]:
        """Return the condition of a job's row that its recording says this somewhere."""
        return JobRow.id.in_(select(PassageRow.job_id).where(self._matches((term,))))

    def hits(self, job_id: str, terms: Sequence[Term], most: int) -> tuple[int, list[Hit]]:
        """Return how many places of a recording say some of this, and those that say most of it."""
        places = select(PassageRow.kind, PassageRow.start, PassageRow.text).where(
            PassageRow.start.is_not(None), PassageRow.job_id == job_id
        )
        conditions, rank = self._ranked(terms, job_id)
        places = places.where(*conditions)
        with self._store.begin() as session:
            n_places = session.scalars(select(func.count()).select_from(places.subquery())).one()
            rows = session.execute(places.order_by(rank, PassageRow.start).limit(most)).all()
        return n_places, [Hit(cast(Kind, kind), start or 0.0, text) for kind, start, text in rows]

    def nearest(self, owner: str, terms: Sequence[Term], most: int) -> list[str]:
        """Return the ids of an owner's recordings in which a place says most of this, the best first."""
        places = select(PassageRow.job_id).join(JobRow, JobRow.id == PassageRow.job_id)
        conditions, rank = self._ranked(terms)
        places = places.where(JobRow.owner == owner, ~JobRow.deleting, *conditions)
        with self._store.begin() as session:
            ids = session.scalars(places.order_by(rank).limit(MOST_PLACES)).all()
        return list(dict.fromkeys(ids))[:most]

    def _ranked(
        self, terms: Sequence[Term], job_id: str | None = None
    ) -> tuple[list[ColumnElement[bool]], ColumnElement[float]]:
        """Return what is true of places that say some of this, and by what they are sorted, best first."""
        if self._on_sqlite:
            asked = FTS.c.passages_fts.op("MATCH")(_fts5(terms, job_id))
            return [FTS.c.rowid == PassageRow.id, asked], func.bm25(literal_column("passages_fts"), 0.0, 1.0)
        return [self._matches(terms)], -func.ts_rank(_vector(), _tsquery(terms))

    def _matches(self, terms: Sequence[Term]) -> ColumnElement[bool]:
        if self._on_sqlite:
            found = select(FTS.c.rowid).where(FTS.c.passages_fts.op("MATCH")(_fts5(terms)))
            return PassageRow.id.in_(found)
        return _vector().op("@@")(_tsquery(terms))

    def _index(self, job: Job, stamp: str) -> None:
        try:
            self._files.load(job)
            heard = artifacts.load_all(job.stages, self._folders.recording(job))
            present = corrections.load(heard).recording
        except AppError as error:
            logger.warning("job %s cannot be searched: %s", job.id, error)
            return
        rows = [_row(job.id, passage) for passage in passages(present.transcript, present.minutes)]
        spoken = present.transcript.language if present.transcript else None
        done = update(JobRow).where(JobRow.id == job.id, ~JobRow.deleting)
        done = done.values(indexed=stamp, spoken=spoken)
        with self._store.begin() as session:
            if session.scalar(done.returning(JobRow.id)) is None:
                return
            session.execute(delete(PassageRow).where(PassageRow.job_id == job.id))
            tags = session.scalars(select(TagRow.tag).where(TagRow.job_id == job.id)).all()
            name = session.scalars(select(JobRow.name).where(JobRow.id == job.id)).one()
            self.put_name(session, job.id, name, tags)
            if rows:
                session.execute(insert(PassageRow), rows)


def _stamp(stage: str | None, finished_at: datetime | None, corrected_bytes: int) -> str:
    """Say what the text of a recording follows from now."""
    return f"{FORMAT} {stage or ''} {finished_at or ''} {corrected_bytes}"


def _row(job_id: str, passage: Passage) -> dict[str, object]:
    kind, start, text = passage.kind, passage.start, passage.text.replace("\0", "")
    return {"job_id": job_id, "kind": kind, "start": start, "text": text, "stems": stems(text)}


def _fts5(terms: Iterable[Term], job_id: str | None = None) -> str:
    """Write a query of FTS5: any of the terms, in one recording. Stems hold letters and digits only."""
    asked = " OR ".join(f'"{" ".join(term.stems)}"{" *" if term.prefix else ""}' for term in terms)
    return f"stems : ({asked})" + (f' AND job_id : "{job_id}"' if job_id else "")


def _tsquery(terms: Iterable[Term]) -> ColumnElement[str]:
    asked = " | ".join(
        "(" + " <-> ".join(f"'{stem}'" for stem in term.stems) + (":*)" if term.prefix else ")")
        for term in terms
    )
    return func.to_tsquery(literal_column("'simple'::regconfig"), asked)


def _vector() -> ColumnElement[str]:
    return func.to_tsvector(literal_column("'simple'::regconfig"), PassageRow.stems)
