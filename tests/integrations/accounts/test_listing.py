"""Accounts looked over by pages and by their names, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from app.integrations.accounts.accounts import Accounts
from app.integrations.accounts.listing import OF_A_PAGE, AccountListing
from app.integrations.tables import AccountRow
from app.jobs.store import JobStore
from tests.integrations.conftest import config, database_url, make_config, postgres
from tests.jobs.conftest import store
from tests.jobs.test_store import on_both_databases

__all__ = ["config", "database_url", "make_config", "postgres", "store"]
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@on_both_databases
@pytest.mark.usefixtures("cheap_passwords")
def test_accounts_are_found_by_a_part_of_their_names_whatever_its_case(store: JobStore) -> None:
    accounts, listing = Accounts(store), AccountListing(store)
    for name in ("Анна Петрова", "Boris_1", "Boris 100%"):
        accounts.add(name, "a long sentence", NOW)

    def names(text: str) -> list[str]:
        return sorted(one.name for one in listing.found(text, 1)[0])

    assert names("ПЕТР") == ["Анна Петрова"]
    assert names("boris") == ["Boris 100%", "Boris_1"]
    assert names("_") == ["Boris_1"], "no wildcard"
    assert names("%") == ["Boris 100%"]
    assert names("nobody") == []
    assert len(names("")) == 3
    with store.begin() as session:
        template = session.query(AccountRow).first()
        assert template is not None
        for number in range(OF_A_PAGE):
            made = NOW + timedelta(seconds=number)
            name = f"x{number:03}"
            session.add(
                AccountRow(
                    id=name, name=name, sign_in_name=name, password="", is_admin=False, created_at=made
                )
            )
    pages = [listing.found("x", page) for page in (1, 2)]
    assert [(len(found), n) for found, n in pages] == [(100, 100), (0, 100)]
    assert [len(listing.found("", page)[0]) for page in (1, 2, 3)] == [100, 3, 0]
