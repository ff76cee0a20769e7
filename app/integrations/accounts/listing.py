"""Accounts as administrators see them, by pages: for the page of the server and `flask users list`."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from app.integrations.accounts.accounts import OWNER, Account, account_of, is_name, owner_of, spelled
from app.integrations.accounts.sign_ins import LASTS
from app.integrations.tables import AccountRow, SignInRow
from app.jobs.store import JobStore
from app.jobs.tables import JobRow

OF_A_PAGE = 100


class AccountListing:
    """The accounts of one database, to be looked over."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def all(self) -> list[Account]:
        """Return the accounts, the oldest first."""
        with self._store.begin() as session:
            return [
                account_of(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.created_at))
            ]

    def found(self, text: str, page: int) -> tuple[list[Account], int]:
        """Return a page, from 1, of the accounts in whose names `text` stands, by name; and how many do."""
        compared = spelled(text)[1] if is_name(text) else ""
        named = AccountRow.sign_in_name.contains(compared, autoescape=True)
        ordered = select(AccountRow).where(named).order_by(AccountRow.sign_in_name)
        with self._store.begin() as session:
            n = session.scalars(select(func.count()).select_from(AccountRow).where(named)).one()
            rows = session.scalars(ordered.offset((page - 1) * OF_A_PAGE).limit(OF_A_PAGE))
            return [account_of(row) for row in rows], n

    def names(self, owners: Collection[str]) -> dict[str, str]:
        """Return the names of those of `owners` that are accounts."""
        ids = {owner.removeprefix(OWNER) for owner in owners if owner.startswith(OWNER)}
        asked = select(AccountRow.id, AccountRow.name).where(AccountRow.id.in_(ids))
        with self._store.begin() as session:
            return {owner_of(account_id): name for account_id, name in session.execute(asked)}

    def used(self, owners: Collection[str]) -> dict[str, tuple[int, int]]:
        """Return how many recordings each of these owners has, and how many bytes he sent."""
        counted = select(JobRow.owner, func.count(), func.sum(JobRow.size_bytes)).where(~JobRow.deleting)
        counted = counted.where(JobRow.owner.in_(owners))
        with self._store.begin() as session:
            return {
                owner: (n, int(size)) for owner, n, size in session.execute(counted.group_by(JobRow.owner))
            }

    def signed_in(self, now: datetime) -> dict[str, int]:
        """Return in how many browsers each account is signed in, by its id."""
        counted = select(SignInRow.account_id, func.count()).where(SignInRow.seen_at >= now - LASTS)
        with self._store.begin() as session:
            return dict(session.execute(counted.group_by(SignInRow.account_id)).all())
