from datetime import UTC, datetime, timedelta

import pytest

from app.integrations.accounts.accounts import Account, Accounts
from app.integrations.accounts.sign_ins import LASTS, SignIns

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def anna(accounts: Accounts) -> Account:
    return accounts.add("Anna", "a long sentence", NOW)


@pytest.fixture
def boris(accounts: Accounts, anna: Account) -> Account:
    return accounts.add("Boris", "a long sentence", NOW)


def test_who_has_signed_in_is_known_until_it_is_over(sign_ins: SignIns, anna: Account) -> None:
    first = sign_ins.begin(anna, "Firefox", "10.0.0.1", NOW)
    second = sign_ins.begin(anna, "Chrome\0", "::1", NOW + timedelta(minutes=1))
    assert sign_ins.find(first, NOW) == sign_ins.find(second, NOW) == anna
    assert [one.browser for one in sign_ins.of(anna, NOW)] == ["Chrome", "Firefox"]
    sign_ins.end(anna, first)
    assert sign_ins.find(first, NOW) is None
    assert [one.id for one in sign_ins.of(anna, NOW)] == [second]


@pytest.mark.parametrize("said", ["", "' or '1'='1", "\0", "x" * 1000, "0" * 32])
def test_what_nobody_was_given_is_nobody(sign_ins: SignIns, anna: Account, said: str) -> None:
    sign_ins.begin(anna, "Firefox", "10.0.0.1", NOW)
    assert sign_ins.find(said, NOW) is None


def test_one_ends_his_own_only(sign_ins: SignIns, anna: Account, boris: Account) -> None:
    mine, his = (sign_ins.begin(one, "Firefox", "::1", NOW) for one in (anna, boris))
    sign_ins.end(boris, mine)
    assert sign_ins.find(mine, NOW) == anna
    here = sign_ins.begin(anna, "Chrome", "::1", NOW)
    assert sign_ins.end_all(anna, but=here) == 1
    assert (sign_ins.find(mine, NOW), sign_ins.find(here, NOW), sign_ins.find(his, NOW)) == (
        None,
        anna,
        boris,
    )
    assert sign_ins.end_all(anna) == 1
    assert sign_ins.find(here, NOW) is None


def test_it_lasts_a_month_from_the_last_visit(sign_ins: SignIns, anna: Account) -> None:
    begun = sign_ins.begin(anna, "Firefox", "::1", NOW)
    later = NOW + LASTS - timedelta(days=1)
    assert sign_ins.find(begun, later) == anna
    assert sign_ins.of(anna, later)[0].seen_at == later
    assert sign_ins.find(begun, later + LASTS - timedelta(days=1)) == anna
    end = later + 2 * LASTS
    assert sign_ins.find(begun, end) is None
    assert sign_ins.of(anna, end) == []


def test_nobody_signs_in_whose_password_was_changed_or_who_was_removed_since(
    accounts: Accounts, sign_ins: SignIns, anna: Account, boris: Account
) -> None:
    accounts.set_password(anna, "quite another sentence")
    accounts.remove("Boris")
    assert [sign_ins.begin(one, "Firefox", "::1", NOW) for one in (anna, boris)] == [None, None]
    present = accounts.with_password("Anna", "quite another sentence")
    assert present is not None
    assert sign_ins.begin(present, "Firefox", "::1", NOW)
