import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.integrations.accounts.listing import OF_A_PAGE
from app.integrations.tables import AccountRow, ApiKeyRow, SignInRow
from app.web.core.context import konspekt
from tests.web.account import PASSWORD, browser, new_account, sign_in, signed_in

pytestmark = pytest.mark.usefixtures("cheap_passwords")
NEW = "another sentence"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(auth="password")


def test_one_sees_where_he_is_signed_in_and_ends_it(app: Flask) -> None:
    anna = new_account(app, "Anna")
    here, there = signed_in(app, anna), browser(app, "curl/8.5.0")
    sign_in(there, "Anna")
    page = here.open("/settings")
    assert page.index("Firefox, Linux") < page.index("this browser")
    assert "curl" in page
    (other,) = re.findall(r"/settings/sign-ins/(\w{32})/end", page)
    assert here.post(f"/settings/sign-ins/{other}/end").status_code == 303
    assert there.client.get("/settings").status_code == 303
    assert "curl" not in here.open("/settings")


def test_a_changed_password_signs_others_out(app: Flask) -> None:
    anna = new_account(app, "Anna")
    here, there = signed_in(app, anna), signed_in(app, anna)
    form = {"present": PASSWORD, "new": NEW, "again": NEW}
    assert here.post("/settings/password", form).location == "/settings?done=password"
    assert here.client.get("/settings").status_code == 200
    assert there.client.get("/settings").status_code == 303
    assert sign_in(browser(app), "Anna").status_code == 403
    assert sign_in(browser(app), "Anna", NEW).status_code == 303


@pytest.mark.parametrize("ticked", [False, True])
def test_a_changed_password_takes_keys_back_where_that_is_ticked(app: Flask, ticked: bool) -> None:
    keys, now = konspekt(app).integrations.api_keys, datetime.now(UTC)
    (anna, key), (_, others) = (
        (one, keys.add("the CRM", "write", now, account=one)[1])
        for one in (new_account(app, name) for name in ("Anna", "Boris"))
    )
    here = signed_in(app, anna)
    assert "keys for programs too (1)" in here.open("/settings")
    form = {"present": PASSWORD, "new": NEW, "again": NEW} | ({"revoke_keys": "1"} if ticked else {})
    assert here.post("/settings/password", form).status_code == 303
    assert (keys.find(key, now) is None) == ticked
    assert keys.find(others, now), "another's"
    assert ("keys for programs too" in here.open("/settings")) != ticked


WRONG = (
    ({"present": "wrong", "new": NEW, "again": NEW}, "present password is wrong"),
    ({"present": PASSWORD, "new": NEW, "again": NEW + "!"}, "are not the same"),
    ({"present": PASSWORD, "new": "short", "again": "short"}, "10 to 200 characters"),
    ({}, "present password is wrong"),
)


def test_a_password_that_cannot_be_changed_stays(app: Flask) -> None:
    visitor = signed_in(app, new_account(app, "Anna"))
    for form, said in WRONG:
        answer = visitor.post("/settings/password", form)
        assert answer.status_code == 422
        assert said in answer.text
    assert sign_in(browser(app), "Anna").status_code == 303


def test_an_administrator_sees_the_queue_and_nothing_that_is_in_it(app: Flask) -> None:
    root, anna = (new_account(app, name) for name in ("Root", "Anna"))
    theirs = signed_in(app, anna)
    job = theirs.send("тайное совещание")
    made, _ = konspekt(app).integrations.api_keys.add("the CRM", "write", datetime.now(UTC))
    theirs.owner = made.owner
    theirs.send("тайное интервью")
    page = signed_in(app, root).open("/settings/server")
    for shown in ("Anna", "key the CRM", "waits", "administrator"):
        assert shown in page
    for hidden in ("тайное", job.id):
        assert hidden not in page
    assert theirs.client.get("/settings/server").status_code == 403
    assert "/settings/server" not in theirs.open("/settings")
    assert signed_in(app, root).client.get(f"/jobs/{job.id}").status_code == 404


def test_of_many_accounts_a_page_is_shown_and_one_is_found(app: Flask) -> None:
    root, now = new_account(app, "Root"), datetime.now(UTC)
    store = konspekt(app).jobs._store
    with store.begin() as session:
        session.add_all(
            AccountRow(
                id=f"{n:032}", name=f"Person {n:03}", sign_in_name=f"person {n:03}", password=None,
                is_admin=False, created_at=now, subject=None,
            )
            for n in range(OF_A_PAGE)
        )  # fmt: skip
    visitor = signed_in(app, root)
    first, last = visitor.open("/settings/server"), visitor.open("/settings/server?page=2")
    assert first.count("<td>Person") == OF_A_PAGE
    assert "Page 1 of 2" in first
    assert "Root" not in first.split("Page 1 of 2")[0].split("Accounts")[-1]
    assert last.count("<td>Person") == 0
    assert "<td>Root" in last
    found = visitor.open("/settings/server?q=pErson 07")
    assert found.count("<td>Person") == 10
    assert "10 accounts" in found
    for odd in ("q=%25", "q=%00", "page=0", "page=x", "page=99999999999999999999"):
        assert visitor.client.get(f"/settings/server?{odd}").status_code == 200


def test_only_the_last_keys_and_sign_ins_are_shown(app: Flask) -> None:
    anna, now = new_account(app, "Anna"), datetime.now(UTC)
    visitor = signed_in(app, anna)
    keys = konspekt(app).integrations.api_keys
    keys.add("the oldest", "write", now - timedelta(days=1), account=anna)
    with konspekt(app).jobs._store.begin() as session:
        for n in range(150):
            session.add(
                ApiKeyRow(id=f"{n:08}", name="old", scope="read", sha256=f"{n:064}", created_at=now,
                          revoked_at=now, account_id=anna.id)
            )  # fmt: skip
            session.add(
                SignInRow(id=f"{n:032}", account_id=anna.id, created_at=now, seen_at=now - timedelta(days=1),
                          browser="curl", address="::1")
            )  # fmt: skip
    page = visitor.open("/settings/keys")
    assert page.count('class="is-over"') == 99
    assert "the oldest" in page, "valid ones first"
    assert visitor.open("/settings").count("/end") == 100, "99 others, and all of them"
