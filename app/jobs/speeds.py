"""Speeds: what this machine needed for each stage, measured on its own jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from app.jobs.forecast import DECAY, Speed
from app.jobs.store import JobStore
from app.jobs.tables import SpeedRow


@dataclass(frozen=True, slots=True)
class Measured:
    """How long a stage took. sound_s: seconds of sound, work_s: seconds of work."""

    stage: str
    engine: str
    sound_s: float
    work_s: float


class Speeds:
    """Decayed sums in the database, so that a forecast is good from the first job after a restart."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def measure(self, stage: str, engine: str, sound_s: float, work_s: float) -> None:
        """Add one finished stage to what is known of it with this engine."""
        self.measure_all([Measured(stage, engine, sound_s, work_s)])

    def measure_all(self, measured: Sequence[Measured]) -> None:
        """Add the finished stages of a job, in one transaction, because the next job waits for it."""
        if measured:
            with self._store.begin() as session:
                for one in sorted(
                    measured, key=lambda one: (one.stage, one.engine)
                ):  # no two lock each other
                    _add(session, one)

    def latest(self) -> dict[str, Speed]:
        """Return each stage's speed with the engine that did it last."""
        with self._store.begin() as session:
            rows = session.scalars(select(SpeedRow).order_by(SpeedRow.measured_at))
            return {row.stage: Speed(row.n, row.x, row.y, row.xx, row.xy) for row in rows}

    def by_engine(self) -> dict[tuple[str, str], Speed]:
        """Return what was measured of each stage with each engine."""
        with self._store.begin() as session:
            rows = session.scalars(select(SpeedRow))
            return {(row.stage, row.engine): Speed(row.n, row.x, row.y, row.xx, row.xy) for row in rows}


def _add(session: Session, done: Measured) -> None:
    x, y, now = done.sound_s, done.work_s, datetime.now(UTC)
    sums = {"n": 1.0, "x": x, "y": y, "xx": x * x, "xy": x * y}
    decayed: dict[str, Any] = {name: getattr(SpeedRow, name) * DECAY + new for name, new in sums.items()}
    known = update(SpeedRow).where(and_(SpeedRow.stage == done.stage, SpeedRow.engine == done.engine))
    again = known.values(**decayed, measured_at=now).returning(SpeedRow.stage)
    if session.scalar(again) is None:
        session.add(SpeedRow(stage=done.stage, engine=done.engine, **sums, measured_at=now))
