"""Accounts: made in the terminal, or by who vouches for people; the first is the administrator's."""

import unicodedata
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import N_, BadInput, Conflict, NotFound
from app.integrations.accounts.passwords import Passwords
from app.integrations.tables import AccountRow, ApiKeyRow, DirectUploadRow, SignInRow
from app.jobs import ownership
from app.jobs.store import JobStore, storable

MAX_NAME_CHARS = 200
OWNER = "account:"  # and its id: no visitor and no key is called so

WRONG_NAME = N_("Give a name of 1 to %(limit)d characters.")
TAKEN = N_("There is an account called %(name)s already.")
NO_SUCH_ACCOUNT = N_("There is no account called %(name)s. “flask users list” names those that there are.")
LAST_ADMIN = N_("%(name)s is the only administrator. Make another first: flask users add NAME --admin")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. kept: of his password; None: others vouch for him."""

    id: str
    name: str
    is_admin: bool
    created_at: datetime
    kept: str | None = field(repr=False, compare=False)

    @property
    def has_password(self) -> bool:
        return self.kept is not None

    @property
    def owner(self) -> str:
        """Who owns what he makes; no visitor and no key is called so."""
        return owner_of(self.id)


class Accounts:
    """The accounts of one database."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._passwords = Passwords()

    def add(self, name: str, password: str, now: datetime, is_admin: bool = False) -> Account:
        """Make an account; the first is an administrator's, whatever is said.

        Raises:
            BadInput: no name or password that can be taken; Conflict: the name is.
        """
        shown, compared = spelled(name)
        return self._add(shown, compared, now, self._passwords.hash(password, shown), is_admin=is_admin)

    def add_vouched(self, name: str, now: datetime, subject: str | None = None) -> Account:
        """Make an account without a password, for whom others vouch. Raises as `add` does."""
        shown, compared = spelled(name)
        return self._add(shown, compared, now, None, subject=subject)

    def exist(self) -> bool:
        """Tell whether there is an account."""
        with self._store.begin() as session:
            return bool(session.scalar(select(exists().where(AccountRow.id.is_not(None)))))

    def has(self, account: Account) -> bool:
        """Tell whether an account is still there."""
        with self._store.begin() as session:
            return bool(session.scalar(select(exists().where(AccountRow.id == account.id))))

    def named(self, name: str) -> Account:
        """Return an account by its name. Raises NotFound."""
        with self._store.begin() as session:
            return account_of(_named(session, name))

    def with_password(self, name: str, password: str) -> Account | None:
        """Return the account that has this name and password; who asks learns nothing of which was wrong."""
        compared = spelled(name)[1] if is_name(name) else ""
        with self._store.begin() as session:
            row = session.scalar(select(AccountRow).where(AccountRow.sign_in_name == compared))
        if not self._passwords.matches(row.password if row else None, password) or row is None:
            return None
        found = account_of(row)
        if row.password and self._passwords.is_outdated(row.password):
            return self._renewed(found, self._passwords.hash(password, row.name))
        return found

    def set_password(self, account: Account, password: str) -> None:
        """Change a password. Raises BadInput for one that cannot be taken."""
        kept = self._passwords.hash(password, account.name)
        with self._store.begin() as session:
            session.execute(update(AccountRow).where(AccountRow.id == account.id).values(password=kept))

    def remove(self, name: str) -> tuple[Account, int]:
        """Delete an account with its keys, sign-ins and recordings; return it, and how many these were.

        Raises:
            NotFound: there is none of this name; Conflict: others would be left without an administrator.
        """
        with self._store.begin() as session:
            row = _named(session, name)
            others = select(func.count()).where(AccountRow.id != row.id)
            if (
                row.is_admin
                and session.scalar(others)
                and not session.scalar(others.where(AccountRow.is_admin))
            ):
                raise Conflict(LAST_ADMIN, name=row.name)
            for table in (ApiKeyRow, SignInRow):
                session.execute(delete(table).where(table.account_id == row.id))
            account = account_of(row)
            n = ownership.give_up(session, account.owner)
            session.delete(row)
            return account, n

    def departed(self, owners: Collection[str]) -> set[str]:
        """Return those of `owners` that were accounts and are removed."""
        asked = {owner for owner in owners if owner.startswith(OWNER)}
        if not asked:
            return set()
        with self._store.begin() as session:
            return asked - {owner_of(account_id) for account_id in session.scalars(select(AccountRow.id))}

    def adopt(self, account: Account, visitor: str) -> int:
        """Give an account what a visitor has made; return how many recordings."""
        moved = update(DirectUploadRow).where(DirectUploadRow.owner == visitor).values(owner=account.owner)
        with self._store.begin() as session:
            n = ownership.move(session, visitor, account.owner)
            session.execute(moved)
            return n

    def _renewed(self, found: Account, kept: str) -> Account:
        """Keep the same password with more work, unless it was changed meanwhile."""
        same = update(AccountRow).where(AccountRow.id == found.id, AccountRow.password == found.kept)
        with self._store.begin() as session:
            renewed = session.scalar(same.values(password=kept).returning(AccountRow.id))
        return replace(found, kept=kept) if renewed else found

    def _add(
        self,
        name: str,
        compared: str,
        now: datetime,
        password: str | None,
        is_admin: bool = False,
        subject: str | None = None,
    ) -> Account:
        row = AccountRow(
            id=uuid.uuid4().hex, name=name, sign_in_name=compared, password=password, is_admin=is_admin,
            created_at=now, subject=subject,
        )  # fmt: skip
        try:
            with self._store.begin() as session:
                _one_at_a_time(session)
                row.is_admin = is_admin or not session.scalar(
                    select(exists().where(AccountRow.id.is_not(None)))
                )
                session.add(row)
                session.flush()
                return account_of(row)
        except IntegrityError as error:
            raise Conflict(TAKEN, name=name) from error


def owner_of(account_id: str) -> str:
    return f"{OWNER}{account_id}"


def is_name(name: str) -> bool:
    """Tell whether an account can be called so."""
    shown = " ".join(storable(name).split())
    return 0 < len(shown) <= MAX_NAME_CHARS and shown.isprintable()


def is_told_apart(name: str) -> bool:
    """Tell whether a name is compared as whoever vouches for people does, but for upper and lower case.

    By RFC 8265 no name holds letters that only look different, as "ª" of "a": here they are the same, and who
    could call himself so there would be another here.
    """
    return unicodedata.normalize("NFKC", name) == unicodedata.normalize("NFC", name)


def spelled(name: str) -> tuple[str, str]:
    """Return a name as it is shown, and as names are compared: NFKC, in lower case.

    Not by `casefold`, which makes two people of Strauß and Strauss one. Raises BadInput for what is no name.
    """
    if not is_name(name):
        raise BadInput(WRONG_NAME, limit=MAX_NAME_CHARS)
    shown = " ".join(storable(name).split())
    lower = unicodedata.normalize("NFKC", shown).lower()
    return shown, unicodedata.normalize("NFKC", lower)[:MAX_NAME_CHARS]


def account_of(row: AccountRow) -> Account:
    return Account(row.id, row.name, row.is_admin, row.created_at, row.password)


def _named(session: Session, name: str) -> AccountRow:
    compared = spelled(name)[1]
    row = session.scalar(select(AccountRow).where(AccountRow.sign_in_name == compared))
    if row is None:
        raise NotFound(NO_SUCH_ACCOUNT, name=name)
    return row


def _one_at_a_time(session: Session) -> None:
    """Let two first accounts come one after the other: only one of them is the administrator's."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE"))
    else:
        session.execute(update(AccountRow).where(AccountRow.id == "").values(name=""))  # takes the write lock
