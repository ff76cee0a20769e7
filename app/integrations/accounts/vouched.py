"""People for whom an OpenID Connect provider or a proxy vouches: they have accounts unasked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.errors import N_, Conflict
from app.integrations.accounts.accounts import Account, Accounts, account_of, is_name, spelled
from app.integrations.tables import AccountRow
from app.jobs.store import JobStore, storable

MAX_SUBJECT_CHARS = 512
TOO_MANY_OF_A_NAME = N_("There are too many accounts called %(name)s.")


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody who has signed in elsewhere. subject: stays his; names: what to call him, the best first."""

    subject: str
    names: tuple[str, ...]


class VouchedAccounts:
    """The accounts of those for whom others vouch."""

    def __init__(self, store: JobStore, accounts: Accounts) -> None:
        self._store, self._accounts = store, accounts

    def of_provider(self, person: Vouched, now: datetime) -> Account:
        """Return the account of a provider's subject; the first time, make it.

        It is never that of a name alone: who calls himself as another does there is still another.
        """
        subject = storable(person.subject)[:MAX_SUBJECT_CHARS]
        if found := self._of_subject(subject):
            return found
        names = [name for name in person.names if is_name(name)] or [subject[-40:]]
        for name in (*names, *(f"{names[0]} {n}" for n in range(2, 100))):
            try:
                return self._accounts.add_vouched(name, now, subject)
            except Conflict:
                if found := self._of_subject(subject):  # his other browser was faster
                    return found
        raise Conflict(TOO_MANY_OF_A_NAME, name=names[0])

    def of_proxy(self, name: str, now: datetime) -> Account:
        """Return the account of a name; the first time, make it. Raises BadInput for what is no name."""
        compared = spelled(name)[1]
        while True:
            with self._store.begin() as session:
                row = session.scalar(select(AccountRow).where(AccountRow.sign_in_name == compared))
            if row:
                return account_of(row)
            try:
                return self._accounts.add_vouched(name, now)
            except Conflict:
                continue  # his other browser was faster

    def _of_subject(self, subject: str) -> Account | None:
        with self._store.begin() as session:
            row = session.scalar(select(AccountRow).where(AccountRow.subject == subject))
            return account_of(row) if row else None
