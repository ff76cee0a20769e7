"""Speeds: what this machine needed for each stage, measured on its own jobs."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.jobs.speed import DECAY, Speed
from app.jobs.speed_tables import DeviceSpeedRow, SpeedRow
from app.jobs.store import JobStore
from app.jobs.tables import Base

_KEY = ("stage", "engine")
_SUMS = ("n", "x", "y", "xx", "xy")


@dataclass(frozen=True, slots=True)
class Measured:
    """How long a stage took. sound_s: seconds of sound, work_s: seconds of work; device: of the worker."""

    stage: str
    engine: str
    sound_s: float
    work_s: float
    device: str = "cpu"


class Speeds:
    """Decayed sums in the database, so that a forecast is good from the first job after a restart."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def measure(self, *measured: Measured) -> None:
        """Add finished stages to what is known of them with these engines, and on these devices.

        The next job waits for it: one statement for each of the two.
        """
        if not measured:
            return
        now = datetime.now(UTC)
        in_order = sorted(measured, key=lambda one: (one.stage, one.engine))  # so that no two lock each other
        for table, key in ((SpeedRow, _KEY), (DeviceSpeedRow, (*_KEY, "device"))):
            rows = [
                {**{name: getattr(one, name) for name in key}, "measured_at": now, **_sums(one)}
                for one in in_order
            ]
            upsert = _insert(table, self._store.engine.dialect.name)
            new = upsert.excluded
            changed = {name: getattr(table, name) * DECAY + new[name] for name in _SUMS}
            upsert = upsert.values(rows).on_conflict_do_update(
                index_elements=key, set_={**changed, "measured_at": new["measured_at"]}
            )
            with self._store.begin_one() as session:
                session.execute(upsert)

    def latest(self) -> dict[str, Speed]:
        """Return each stage's speed with the engine that did it last."""
        with self._store.begin() as session:
            rows = session.scalars(select(SpeedRow).order_by(SpeedRow.measured_at))
            return {row.stage: Speed(row.n, row.x, row.y, row.xx, row.xy) for row in rows}

    def of_devices(self) -> dict[tuple[str, str], Speed]:
        """Return each stage's speed on each device, with the engine that did it there last."""
        with self._store.begin() as session:
            rows = session.scalars(select(DeviceSpeedRow).order_by(DeviceSpeedRow.measured_at))
            return {(row.stage, row.device): Speed(row.n, row.x, row.y, row.xx, row.xy) for row in rows}

    def by_engine(self) -> dict[tuple[str, str], Speed]:
        """Return what was measured of each stage with each engine."""
        with self._store.begin() as session:
            rows = session.scalars(select(SpeedRow).order_by(SpeedRow.measured_at))
            return {(row.stage, row.engine): Speed(row.n, row.x, row.y, row.xx, row.xy) for row in rows}


def _insert(table: type[Base], dialect: str) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _sums(measured: Measured) -> dict[str, float]:
    x, y = measured.sound_s, measured.work_s
    return dict(zip(_SUMS, (1.0, x, y, x * x, x * y), strict=True))
