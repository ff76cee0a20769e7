import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

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
