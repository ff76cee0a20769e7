"""Finder: the recordings of a visitor, found by what is said in them, filtered and sorted."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, or_, select

from app.jobs.folders import Folders
from app.jobs.job import Job, JobStatus
from app.jobs.job_files import JobFiles
from app.jobs.library.search_index import Hit, SearchIndex
from app.jobs.library.tables import PassageRow, TagRow
from app.jobs.library.words import Term, content_terms, terms
from app.jobs.store import ACTIVE, JobStore
from app.jobs.tables import JobRow

Order = Literal["newest", "oldest", "name", "longest"]
STATES: dict[str, Collection[JobStatus]] = {
    "done": (JobStatus.DONE,),
    "active": ACTIVE,
    "failed": (JobStatus.FAILED,),
    "cancelled": (JobStatus.CANCELLED,),
}
PAGE = 20
HITS = 3  # of each recording; of one that is asked for alone, MOST_HITS
MOST_HITS = 300


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor looks for. Times are timezone-aware; alone: only this recording, with all its hits."""

    text: str = ""
    language: str = ""
    speaker: str = ""
    state: str = ""
    tag: str = ""
    kept: bool = False
    since: datetime | None = None
    until: datetime | None = None
    order: Order = "newest"
    page: int = 1
    alone: str = ""

    @property
    def filtered(self) -> bool:
        """Whether it leaves out any recording."""
        return self != Wanted(order=self.order, page=self.page)


@dataclass(frozen=True, slots=True)
class Item:
    """A recording that was found. n_hits: of which `hits` are the best."""

    job: Job
    tags: tuple[str, ...] = ()
    n_hits: int = 0
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found.

    n: on all pages; n_all: recordings that the visitor has; terms: what was searched for, to be marked.
    n_unread: recordings that are too new to be searched; languages, speakers, tags: of all his recordings.
    """

    items: tuple[Item, ...]
    n: int
    n_all: int
    terms: tuple[Term, ...] = ()
    n_unread: int = 0
    languages: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def n_pages(self) -> int:
        return max(1, -(-self.n // PAGE))


@dataclass(frozen=True, slots=True)
class _Entry:
    """What recordings are sorted by."""

    id: str
    name: str
    created_at: datetime
    duration_s: float = field(default=0.0)


_ORDERS: dict[str, Callable[[_Entry], Any]] = {
    "newest": lambda entry: -entry.created_at.timestamp(),
    "oldest": lambda entry: entry.created_at.timestamp(),
    "name": lambda entry: entry.name.casefold().replace("ё", "е"),
    "longest": lambda entry: -entry.duration_s,
}


class Finder:
    """Looks through the recordings of one owner at a time."""

    def __init__(self, store: JobStore, folders: Folders, files: JobFiles) -> None:
        self._store = store
        self.index = SearchIndex(store, folders, files)

    def find(self, owner: str, wanted: Wanted) -> Found:
        """Return a page of an owner's recordings; words that nobody said are taken for beginnings."""
        n_unread = self.index.refresh(owner)
        asked = terms(wanted.text)
        entries = self._entries(owner, wanted, asked)
        if asked and not entries:
            asked = terms(wanted.text, prefix=True)
            entries = self._entries(owner, wanted, asked)
        entries.sort(key=_ORDERS.get(wanted.order, _ORDERS["newest"]))
        shown = entries[(wanted.page - 1) * PAGE :][:PAGE]
        mine = select(JobRow.id).where(JobRow.owner == owner, ~JobRow.deleting)
        with self._store.begin() as session:
            rows = session.scalars(select(JobRow).where(JobRow.id.in_([entry.id for entry in shown])))
            jobs = {row.id: self._store.job(row) for row in rows}
            languages = session.scalars(select(JobRow.spoken).where(JobRow.id.in_(mine)).distinct()).all()
            speaking = (PassageRow.kind == "speaker", PassageRow.job_id.in_(mine))
            speakers = session.scalars(select(PassageRow.text).where(*speaking).distinct()).all()
            tags = session.scalars(select(TagRow.tag).where(TagRow.job_id.in_(mine)).distinct()).all()
            n_all = session.scalars(select(func.count()).select_from(mine.subquery())).one()
        return Found(
            self._items([jobs[entry.id] for entry in shown if entry.id in jobs], asked, wanted),
            len(entries),
            n_all,
            asked,
            n_unread,
            tuple(sorted(filter(None, languages))),
            tuple(sorted(speakers, key=str.casefold)),
            tuple(sorted(tags, key=str.casefold)),
        )

    def about(self, owner: str, question: str, most: int) -> list[Job]:
        """Return those of an owner's recordings that a question is about, the best first."""
        self.index.refresh(owner)
        asked = content_terms(question)
        ids = self.index.nearest(owner, asked, most) if asked else []
        return [job for job_id in ids if (job := self._store.get(owner, job_id))]

    def _entries(self, owner: str, wanted: Wanted, asked: Sequence[Term]) -> list[_Entry]:
        columns = (JobRow.id, JobRow.name, JobRow.created_at, func.coalesce(JobRow.duration_s, 0.0))
        found = select(*columns).where(JobRow.owner == owner, ~JobRow.deleting, *self._conditions(wanted))
        found = found.where(*map(self.index.says, asked))
        with self._store.begin() as session:
            return [_Entry(*row) for row in session.execute(found)]

    @staticmethod
    def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if wanted.alone:
            conditions.append(JobRow.id == wanted.alone)
        if wanted.language:
            conditions.append(or_(JobRow.spoken == wanted.language, JobRow.language == wanted.language))
        if wanted.state in STATES:
            conditions.append(JobRow.status.in_(STATES[wanted.state]))
        if wanted.kept:
            conditions.append(JobRow.kept.is_(True))
        if wanted.since:
            conditions.append(JobRow.created_at >= wanted.since)
        if wanted.until:
            conditions.append(JobRow.created_at < wanted.until)
        if wanted.tag:
            conditions.append(JobRow.id.in_(select(TagRow.job_id).where(TagRow.tag == wanted.tag)))
        if wanted.speaker:
            speaks = (PassageRow.kind == "speaker", PassageRow.text == wanted.speaker)
            conditions.append(JobRow.id.in_(select(PassageRow.job_id).where(*speaks)))
        return conditions

    def _items(self, jobs: Sequence[Job], asked: Sequence[Term], wanted: Wanted) -> tuple[Item, ...]:
        with self._store.begin() as session:
            tagged = select(TagRow).where(TagRow.job_id.in_([job.id for job in jobs])).order_by(TagRow.tag)
            tags = [(row.job_id, row.tag) for row in session.scalars(tagged)]
        most = MOST_HITS if wanted.alone else HITS
        items = []
        for job in jobs:
            n_hits, hits = self.index.hits(job.id, asked, most) if asked else (0, [])
            own = tuple(tag for job_id, tag in tags if job_id == job.id)
            items.append(Item(job, own, n_hits, tuple(hits)))
        return tuple(items)
