"""Speeds: what this machine needed for each stage, measured on its own jobs."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

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

    def measure(self, *measured: Measured) -> None:
        """Add finished stages to what is known of them with these engines, by one statement.

        The next job waits for it.
        """
        if not measured:
            return
        now, upsert = datetime.now(UTC), _insert(self._store.engine.dialect.name)
        in_order = sorted(measured, key=lambda one: (one.stage, one.engine))  # so that no two lock each other
        rows = [
            {"stage": one.stage, "engine": one.engine, "measured_at": now, **_sums(one.sound_s, one.work_s)}
            for one in in_order
        ]
        new = upsert.excluded
        changed = {name: getattr(SpeedRow, name) * DECAY + new[name] for name in _sums(0, 0)}
        upsert = upsert.values(rows).on_conflict_do_update(
            index_elements=["stage", "engine"], set_={**changed, "measured_at": new["measured_at"]}
        )
        with self._store.begin_one() as session:
            session.execute(upsert)

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


def _insert(dialect: str) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(SpeedRow) if dialect == "postgresql" else sqlite.insert(SpeedRow)


def _sums(x: float, y: float) -> dict[str, float]:
    return {"n": 1.0, "x": x, "y": y, "xx": x * x, "xy": x * y}
