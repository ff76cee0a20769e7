"""The tables of speeds: what was measured of a stage, by engine, and by kind of worker."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.jobs.tables import Base


class Sums:
    """Decayed sums over jobs of seconds of sound x and of work y."""

    n: Mapped[float]
    x: Mapped[float]
    y: Mapped[float]
    xx: Mapped[float]
    xy: Mapped[float]
    measured_at: Mapped[datetime]


class SpeedRow(Sums, Base):
    """What was measured of a stage and engine."""

    __tablename__ = "speeds"

    stage: Mapped[str] = mapped_column(String(32), primary_key=True)
    engine: Mapped[str] = mapped_column(String(255), primary_key=True)


class DeviceSpeedRow(Sums, Base):
    """What was measured of them by one kind of worker. device: what it computes on, cpu or cuda."""

    __tablename__ = "device_speeds"

    stage: Mapped[str] = mapped_column(String(32), primary_key=True)
    engine: Mapped[str] = mapped_column(String(255), primary_key=True)
    device: Mapped[str] = mapped_column(String(8), primary_key=True)
