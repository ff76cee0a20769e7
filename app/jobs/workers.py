"""Workers: which processes work on jobs elsewhere, as far as they have shown that they live."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update

from app.jobs.queues import queue_of
from app.jobs.store import JobStore
from app.jobs.tables import WorkerRow
from app.pipeline import INFOS

SHOW_EVERY_S = 5.0
ALIVE = timedelta(seconds=30)  # after its last sign


@dataclass(frozen=True, slots=True)
class SeenWorker:
    """A worker's process. n_done: jobs that it has worked on; seen_s: since its last sign; device: as cpu."""

    node: str
    name: str
    queues: tuple[str, ...]
    n_done: int
    seen_s: float
    device: str = "auto"


class Workers:
    """The rows of workers."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def show(self, node: str, name: str, queues: tuple[str, ...], n_done: int, device: str = "auto") -> None:
        """Show that a worker lives; forget those that have not for a long time."""
        now = datetime.now(UTC)
        known = (
            update(WorkerRow).where(WorkerRow.node == node).values(seen_at=now, n_done=n_done, device=device)
        )
        with self._store.begin() as session:
            if session.scalar(known.returning(WorkerRow.node)) is None:
                session.execute(delete(WorkerRow).where(WorkerRow.seen_at < now - 10 * ALIVE))
                row = WorkerRow(node=node, name=name, queues=[*queues], n_done=n_done, device=device)
                row.started_at = row.seen_at = now
                session.add(row)

    def leave(self, node: str) -> None:
        with self._store.begin() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.node == node))

    def alive(self) -> list[SeenWorker]:
        now = datetime.now(UTC)
        lately = select(WorkerRow).where(WorkerRow.seen_at > now - ALIVE).order_by(WorkerRow.name)
        with self._store.begin() as session:
            return [
                SeenWorker(
                    row.node,
                    row.name,
                    tuple(row.queues),
                    row.n_done,
                    (now - row.seen_at).total_seconds(),
                    row.device,
                )
                for row in session.scalars(lately)
            ]

    def by_queue(self, gpu_stages: Collection[str]) -> dict[str, int]:
        """Count those who live, for each queue without whose workers some stage would not be done."""
        alive = self.alive()
        needed = sorted({queue_of(stage, gpu_stages) for stage in INFOS})
        return {queue: sum(queue in one.queues for one in alive) for queue in needed}
