import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from app.errors import BadInput
from app.integrations.accounts.accounts import Account, Accounts
from app.integrations.accounts.vouched import Vouched, VouchedAccounts
from app.jobs.store import JobStore

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def vouched(store: JobStore, accounts: Accounts) -> VouchedAccounts:
    return VouchedAccounts(store, accounts)


def test_a_subject_stays_the_same_whatever_it_is_called(vouched: VouchedAccounts, accounts: Accounts) -> None:
    anna = vouched.of_provider(Vouched("https://id 1", ("anna", "anna@example.org")), NOW)
    assert vouched.of_provider(Vouched("https://id 1", ("Анна",)), NOW) == anna
    assert anna.is_admin
    others = [vouched.of_provider(Vouched(f"https://id {n}", ("anna",)), NOW).name for n in (2, 3)]
    assert others == ["anna 2", "anna 3"]
    assert vouched.of_provider(Vouched("https://id 4", ("\n\x1b", "x" * 300)), NOW).name == "https://id 4"
    assert accounts.with_password("anna", "") is None


def test_a_name_of_a_proxy_is_that_of_an_account(vouched: VouchedAccounts, accounts: Accounts) -> None:
    anna = accounts.add("Anna", "a long sentence", NOW)
    assert vouched.of_proxy("anna", NOW) == anna
    assert not vouched.of_proxy("boris", NOW).is_admin
    with pytest.raises(BadInput):
        vouched.of_proxy("", NOW)


@pytest.mark.parametrize("by", ["provider", "proxy"])
def test_two_browsers_that_come_first_at_once_have_one_account(vouched: VouchedAccounts, by: str) -> None:
    together = threading.Barrier(4)

    def come(_: int) -> Account:
        together.wait()
        if by == "proxy":
            return vouched.of_proxy("anna", NOW)
        return vouched.of_provider(Vouched("https://id 1", ("anna",)), NOW)

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(come, range(4)))) == 1
