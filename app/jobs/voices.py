"""Voices: remembered across recordings, of their owner alone, where a person has named them and asked for it.

A voiceprint is biometric data: it stands in the database only, no address and no document gives it away. It
is deleted by its owner, by time, and by the one setting that switches all of this off.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.engines.diarization import KnownVoice
from app.engines.pooling import Vector
from app.errors import N_, Conflict, NotAllowed, NotFound
from app.jobs.store import JobStore
from app.jobs.tables import VoiceRow

MAX_OF_AN_OWNER = 200
OFF = N_("This server remembers no voices (KONSPEKT_VOICE_MEMORY_DAYS is 0).")
TOO_MANY = N_("There are %(most)d remembered voices, as many as may be. Delete some of them first.")
UNKNOWN = N_("There is no such voice. It may have been deleted.")


@dataclass(frozen=True, slots=True)
class Voice:
    """A remembered voice, as its owner sees it. n: of how many recordings."""

    id: str
    name: str
    n: int
    created_at: datetime
    used_at: datetime


class Voices:
    """The remembered voices of all owners; days: how long one lasts that is not heard, 0: none are kept."""

    def __init__(self, store: JobStore, days: int) -> None:
        self._store = store
        self._days = days

    @property
    def on(self) -> bool:
        return self._days > 0

    def remember(self, owner: str, voice: KnownVoice, now: datetime) -> None:
        """Keep a voice; one of that name becomes the mean of all that were kept under it.

        Raises:
            NotAllowed: voices are not remembered here; Conflict: there are as many as may be.
        """
        if not self.on:
            raise NotAllowed(OFF)
        same = select(VoiceRow).where(VoiceRow.owner == owner, VoiceRow.name == voice.name).with_for_update()
        with self._store.begin() as session:
            row = session.scalars(same).one_or_none()
            if row is None:
                n = session.scalars(select(func.count()).where(VoiceRow.owner == owner)).one()
                if n >= MAX_OF_AN_OWNER:
                    raise Conflict(TOO_MANY, most=MAX_OF_AN_OWNER)
                row = VoiceRow(id=uuid.uuid4().hex, owner=owner, name=voice.name, n=0, created_at=now)
                session.add(row)
            mean = voice.vector
            if row.n and row.model == voice.model:
                mean = row.n * _vector(row.vector) + voice.vector
                mean = mean / np.linalg.norm(mean)
            else:
                row.n = 0  # what another model has computed says nothing to this one
            row.model, row.vector = voice.model, np.asarray(mean, "<f4").tobytes()
            row.n, row.used_at = row.n + 1, now

    def of(self, owner: str) -> list[Voice]:
        """Return what an owner had remembered, by name; no voiceprint is among it."""
        mine = select(VoiceRow).where(VoiceRow.owner == owner).order_by(VoiceRow.name)
        with self._store.begin() as session:
            return [
                Voice(row.id, row.name, row.n, row.created_at, row.used_at) for row in session.scalars(mine)
            ]

    def known(self, owner: str) -> tuple[KnownVoice, ...]:
        """Return the voices to be known again in the owner's recordings."""
        if not self.on:
            return ()
        with self._store.begin() as session:
            rows = session.scalars(select(VoiceRow).where(VoiceRow.owner == owner))
            return tuple(KnownVoice(row.name, _vector(row.vector), row.model) for row in rows)

    def used(self, owner: str, names: Collection[str], now: datetime) -> None:
        """Note that voices were known again: their time begins anew."""
        heard = update(VoiceRow).where(VoiceRow.owner == owner, VoiceRow.name.in_(names))
        with self._store.begin() as session:
            session.execute(heard.values(used_at=now))

    def forget(self, owner: str, voice_id: str) -> None:
        """Delete a voice. Raises NotFound where the owner has no such voice."""
        gone = delete(VoiceRow).where(VoiceRow.id == voice_id, VoiceRow.owner == owner)
        with self._store.begin() as session:
            if session.scalar(gone.returning(VoiceRow.id)) is None:
                raise NotFound(UNKNOWN)

    def forget_all(self, owner: str) -> None:
        with self._store.begin() as session:
            forget_all(session, owner)

    def expire(self, now: datetime) -> None:
        """Delete voices that were not heard for too long; all, where none are to be remembered."""
        old = delete(VoiceRow)
        if self.on:
            old = old.where(VoiceRow.used_at < now - timedelta(days=self._days))
        with self._store.begin() as session:
            session.execute(old)


def _vector(kept: bytes) -> Vector:
    vector: Vector = np.frombuffer(kept, "<f4").astype(np.float32)
    return vector


def move(session: Session, owner: str, to: str) -> None:
    """Give the voices of an owner to another; of two of one name becomes one."""
    known = {row.name: row for row in session.scalars(select(VoiceRow).where(VoiceRow.owner == to))}
    for row in session.scalars(select(VoiceRow).where(VoiceRow.owner == owner)):
        if same := known.get(row.name):
            _join(same, row)
            session.delete(row)
        else:
            row.owner = to


def forget_all(session: Session, owner: str) -> None:
    """Delete all voices of an owner."""
    session.execute(delete(VoiceRow).where(VoiceRow.owner == owner))


def _join(voice: VoiceRow, other: VoiceRow) -> None:
    """Make one voice of two of the same name: their mean, or the newer where two models computed them."""
    if voice.model == other.model:
        mean = voice.n * _vector(voice.vector) + other.n * _vector(other.vector)
        voice.vector = np.asarray(mean / np.linalg.norm(mean), "<f4").tobytes()
        voice.n += other.n
    elif other.used_at > voice.used_at:
        voice.model, voice.vector, voice.n = other.model, other.vector, other.n
    voice.used_at = max(voice.used_at, other.used_at)
