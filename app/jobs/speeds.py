"""Speeds: what this machine needed for each stage, measured on its own jobs."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, select, update

from app.jobs.forecast import DECAY, Speed
from app.jobs.store import JobStore
from app.jobs.tables import SpeedRow


class Speeds:
    """Decayed sums in the database, so that a forecast is good from the first job after a restart."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def measure(self, stage: str, engine: str, sound_s: float, work_s: float) -> None:
        """Add one finished stage to what is known of it with this engine."""
        x, y, now = sound_s, work_s, datetime.now(UTC)
        sums = {"n": 1.0, "x": x, "y": y, "xx": x * x, "xy": x * y}
        decayed: dict[str, Any] = {name: getattr(SpeedRow, name) * DECAY + new for name, new in sums.items()}
        known = update(SpeedRow).where(and_(SpeedRow.stage == stage, SpeedRow.engine == engine))
        with self._store.begin() as session:
            again = known.values(**decayed, measured_at=now).returning(SpeedRow.stage)
            if session.scalar(again) is None:
                session.add(SpeedRow(stage=stage, engine=engine, **sums, measured_at=now))

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
