"""The browsers in which accounts are signed in: each is a row, without which that browser is signed out."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.integrations.accounts.accounts import Account, account_of
from app.integrations.tables import AccountRow, SignInRow
from app.jobs.store import JobStore, storable

LASTS = timedelta(days=31)  # without a visit
MOST_SHOWN = 100
NOTE_EVERY = timedelta(minutes=5)  # not each visit writes into the database
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser in which an account is signed in. browser: as it calls itself."""

    id: str
    created_at: datetime
    seen_at: datetime
    browser: str
    address: str


class SignIns:
    """Those of one database."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def begin(self, account: Account, browser: str, address: str, now: datetime) -> str | None:
        """Note that an account signs in; return the id, which only the session on the server holds.

        None: the account is gone, or its password was changed since it was read.
        """
        row = SignInRow(
            id=uuid.uuid4().hex, account_id=account.id, created_at=now, seen_at=now,
            browser=storable(browser)[:300], address=address[:64],
        )  # fmt: skip
        with self._store.begin() as session:
            session.execute(delete(SignInRow).where(SignInRow.seen_at < now - LASTS))
            same = select(AccountRow).where(AccountRow.id == account.id).with_for_update()
            known = session.scalar(same)
            if known is None or known.password != account.kept:
                return None
            session.add(row)
        return row.id

    def find(self, sign_in_id: str, now: datetime) -> Account | None:
        """Return who is signed in by this, and note the visit. None: it is over, or the account is gone."""
        if not _ID.fullmatch(sign_in_id):
            return None
        both = select(AccountRow, SignInRow).join(SignInRow, SignInRow.account_id == AccountRow.id)
        with self._store.begin() as session:
            found = session.execute(
                both.where(SignInRow.id == sign_in_id, SignInRow.seen_at >= now - LASTS)
            ).first()
        if found is None:
            return None
        account, sign_in = found
        if now - sign_in.seen_at >= NOTE_EVERY:
            seen = update(SignInRow).where(SignInRow.id == sign_in_id, SignInRow.seen_at < now)
            with self._store.begin() as session:
                session.execute(seen.values(seen_at=now))
        return account_of(account)

    def of(self, account: Account, now: datetime) -> list[SignIn]:
        """Return where an account is signed in, the last seen first: the last 100."""
        mine = select(SignInRow).where(SignInRow.account_id == account.id, SignInRow.seen_at >= now - LASTS)
        with self._store.begin() as session:
            rows = session.scalars(mine.order_by(SignInRow.seen_at.desc(), SignInRow.id).limit(MOST_SHOWN))
            return [SignIn(row.id, row.created_at, row.seen_at, row.browser, row.address) for row in rows]

    def end(self, account: Account, sign_in_id: str) -> None:
        """Sign a browser of this account out."""
        over = delete(SignInRow).where(SignInRow.account_id == account.id, SignInRow.id == sign_in_id)
        with self._store.begin() as session:
            session.execute(over)

    def end_all(self, account: Account, but: str = "") -> int:
        """Sign an account out everywhere, but in one browser where one is named; return in how many."""
        over = delete(SignInRow).where(SignInRow.account_id == account.id, SignInRow.id != but)
        with self._store.begin() as session:
            return len(session.scalars(over.returning(SignInRow.id)).all())
