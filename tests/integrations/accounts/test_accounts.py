import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.errors import BadInput, Conflict, NotFound
from app.integrations.accounts import passwords
from app.integrations.accounts.accounts import Account, Accounts
from app.integrations.accounts.listing import AccountListing
from app.integrations.accounts.sign_ins import SignIns
from app.integrations.api_keys import ApiKeys
from app.jobs.store import JobStore

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
PASSWORD = "a long sentence"


def test_the_first_account_is_the_administrators(accounts: Accounts, store: JobStore) -> None:
    assert not accounts.exist()
    first, second = accounts.add("Анна", PASSWORD, NOW), accounts.add("Boris", PASSWORD, NOW)
    assert (first.is_admin, second.is_admin) == (True, False)
    assert AccountListing(store).all() == [first, second]
    assert accounts.exist()


def test_of_several_that_are_made_at_once_one_is_the_first(accounts: Accounts) -> None:
    together = threading.Barrier(4)

    def add(name: str) -> Account:
        together.wait()
        return accounts.add(name, PASSWORD, NOW)

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(add, "abcd"))
    assert sum(one.is_admin for one in made) == 1


def test_an_account_is_known_by_name_and_password(accounts: Accounts, store: JobStore) -> None:
    anna = accounts.add("  Анна   Петрова ", PASSWORD, NOW)
    assert anna.name == "Анна Петрова"
    for name in ("Анна Петрова", "анна петрова", " АННА ПЕТРОВА"):
        assert accounts.with_password(name, PASSWORD) == anna
    for name, password in (("Анна Петрова", "another one"), ("Борис", PASSWORD), ("", PASSWORD), ("\0", "")):
        assert accounts.with_password(name, password) is None
    with store.begin() as session:
        assert PASSWORD not in str(session.execute(text("SELECT * FROM accounts")).all())


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb\x1b[31m"])
def test_what_is_no_name_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(BadInput):
        accounts.add(name, PASSWORD, NOW)


@pytest.mark.parametrize("name", ["anna", "ANNA", " Anna", "Ａnna"])
def test_no_two_accounts_are_called_alike(accounts: Accounts, name: str) -> None:
    accounts.add("Anna", PASSWORD, NOW)
    with pytest.raises(Conflict):
        accounts.add(name, PASSWORD, NOW)


def test_a_changed_password_takes_the_place_of_the_old_one(accounts: Accounts) -> None:
    anna = accounts.add("Anna", PASSWORD, NOW)
    accounts.set_password(anna, "another sentence")
    assert accounts.with_password("Anna", PASSWORD) is None
    assert accounts.with_password("Anna", "another sentence") == anna


def test_a_password_is_hashed_anew_where_more_work_is_usual_by_now(
    accounts: Accounts, store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = accounts.add("Anna", PASSWORD, NOW)
    monkeypatch.setattr(passwords, "MEMORY_KIB", 16)
    assert Accounts(store).with_password("Anna", PASSWORD) == anna
    with store.begin() as session:
        assert "m=16," in str(session.scalar(text("SELECT password FROM accounts")))
    assert Accounts(store).with_password("Anna", PASSWORD) == anna


def test_with_an_account_go_its_keys_and_sign_ins(
    accounts: Accounts, store: JobStore, sign_ins: SignIns
) -> None:
    accounts.add("Root", PASSWORD, NOW)
    anna, keys = accounts.add("Anna", PASSWORD, NOW), ApiKeys(store)
    _, key = keys.add("a program", "write", NOW, account=anna)
    _, other = keys.add("a program", "write", NOW)
    begun = sign_ins.begin(anna, "Firefox", "127.0.0.1", NOW)
    assert accounts.remove("anna") == (anna, 0)
    assert keys.find(key, NOW) is None
    assert keys.find(other, NOW) is not None
    assert sign_ins.find(begun, NOW) is None
    with pytest.raises(NotFound):
        accounts.named("Anna")


def test_others_are_not_left_without_an_administrator(accounts: Accounts, store: JobStore) -> None:
    accounts.add("Root", PASSWORD, NOW)
    accounts.add("Anna", PASSWORD, NOW)
    with pytest.raises(Conflict):
        accounts.remove("Root")
    accounts.add("Boris", PASSWORD, NOW, is_admin=True)
    accounts.remove("Root")
    accounts.remove("Anna")
    accounts.remove("Boris")  # nobody is left who would need one
    assert AccountListing(store).all() == []
