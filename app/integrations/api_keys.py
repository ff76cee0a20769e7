"""Keys of the API: made in the terminal or by an account, kept as hashes, asked for by `web/core/api_key`.

A key has 256 random bits, so that a plain SHA-256 hides it. What an account's key makes is the account's.
Other keys of the same name own the same recordings: a new one can take the place of an old one. Rows of
revoked keys stay, so that the API does not open again when the last key is taken back.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from app.errors import N_, BadInput, NotFound
from app.integrations.accounts.accounts import Account, owner_of
from app.integrations.tables import ApiKeyRow
from app.jobs.store import JobStore, storable

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = ("read", "write", "admin")
PREFIX = "konspekt_"  # by which people and scanners of secrets know it
RANDOM_BYTES = 32
MAX_NAME_CHARS = 100
MOST_SHOWN = 100  # of an account, which has no more than 50 valid ones
NOTE_USE_EVERY = timedelta(minutes=1)  # not each call writes into the database

WRONG_NAME = N_("Give the key a name of 1 to %(limit)d characters, by which you will know it again.")
EXPIRED = N_("This key would be expired at once. Give a time that is still to come.")
NO_SUCH_KEY = N_("There is no such key. “flask keys list” names those that there are.")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key.

    scope: "read" changes nothing, "write" may do all that the API offers
    its owner, "admin" also sees what the server works on for others.

    account_id: who has made it; None: whoever runs the server.
    """

    id: str
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    account_id: str | None = None

    @property
    def owner(self) -> str:
        """Who owns what is made with it; no visitor is called so."""
        return owner_of(self.account_id) if self.account_id else f"key:{self.name}"

    def is_valid(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class ApiKeys:
    """The keys of one database."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def add(
        self,
        name: str,
        scope: Scope,
        now: datetime,
        expires_at: datetime | None = None,
        account: Account | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key; return what is kept of it, and the key itself, which nobody can read again.

        Raises:
            BadInput: no name that can be kept, or a time that is over.
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable():
            raise BadInput(WRONG_NAME, limit=MAX_NAME_CHARS)
        if expires_at is not None and expires_at <= now:
            raise BadInput(EXPIRED)
        key = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        row = ApiKeyRow(
            id=secrets.token_hex(4), name=name, scope=scope, sha256=_hash(key), created_at=now,
            expires_at=expires_at, account_id=account.id if account else None,
        )  # fmt: skip
        with self._store.begin() as session:
            session.add(row)
            session.flush()
            return _key(row), key

    def all(self) -> list[ApiKey]:
        """Return every key that was ever made, the oldest first."""
        with self._store.begin() as session:
            return [_key(row) for row in session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at))]

    def of(self, account: Account, now: datetime) -> list[ApiKey]:
        """Return an account's keys, the valid ones first, the newest first; of old ones the last."""
        mine = select(ApiKeyRow).where(ApiKeyRow.account_id == account.id)
        mine = mine.order_by(_valid(now).desc(), ApiKeyRow.created_at.desc()).limit(MOST_SHOWN)
        with self._store.begin() as session:
            return [_key(row) for row in session.scalars(mine)]

    def revoke(self, key_id: str, now: datetime, account: Account | None = None) -> ApiKey:
        """Take a key back, one of an account where one is named. Raises NotFound where there is none."""
        this = [ApiKeyRow.id == storable(key_id)]
        if account:
            this.append(ApiKeyRow.account_id == account.id)
        with self._store.begin() as session:
            session.execute(
                update(ApiKeyRow).where(*this, ApiKeyRow.revoked_at.is_(None)).values(revoked_at=now)
            )
            row = session.scalar(select(ApiKeyRow).where(*this))
            if row is None:
                raise NotFound(NO_SUCH_KEY)
            return _key(row)

    def revoke_all(self, account: Account, now: datetime) -> int:
        """Take back every valid key of an account; return how many."""
        over = update(ApiKeyRow).where(ApiKeyRow.account_id == account.id, _valid(now))
        with self._store.begin() as session:
            return len(session.scalars(over.values(revoked_at=now).returning(ApiKeyRow.id)).all())

    def n_valid(self, account: Account, now: datetime) -> int:
        """Return how many keys of an account are valid."""
        mine = select(func.count()).where(ApiKeyRow.account_id == account.id, _valid(now))
        with self._store.begin() as session:
            return session.scalars(mine).one()

    def exist(self) -> bool:
        """Tell whether there was ever a key."""
        with self._store.begin() as session:
            return bool(session.scalar(select(exists().where(ApiKeyRow.id.is_not(None)))))

    def find(self, key: str, now: datetime) -> ApiKey | None:
        """Return a valid key, and note that it is used. None: it is unknown, revoked or expired."""
        with self._store.begin() as session:
            row = session.scalar(select(ApiKeyRow).where(ApiKeyRow.sha256 == _hash(key)))
            found = _key(row) if row else None
        if found is None or not found.is_valid(now):
            return None
        if found.last_used_at is None or now - found.last_used_at >= NOTE_USE_EVERY:
            self._note_use(found, now)
        return found

    def _note_use(self, key: ApiKey, now: datetime) -> None:
        used = ApiKeyRow.last_used_at
        noted = update(ApiKeyRow).where(ApiKeyRow.id == key.id, or_(used.is_(None), used < now))
        with self._store.begin() as session:
            session.execute(noted.values(last_used_at=now))


def _valid(now: datetime) -> ColumnElement[bool]:
    return and_(
        ApiKeyRow.revoked_at.is_(None), or_(ApiKeyRow.expires_at.is_(None), ApiKeyRow.expires_at > now)
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _key(row: ApiKeyRow) -> ApiKey:
    scope: Scope = next((one for one in SCOPES if one == row.scope), "read")
    return ApiKey(
        row.id,
        row.name,
        scope,
        row.created_at,
        row.expires_at,
        row.last_used_at,
        row.revoked_at,
        row.account_id,
    )
