import re
from collections.abc import Callable

import pytest
from flask import Flask
from markupsafe import escape

from tests.web.account import new_account, signed_in
from tests.web.visitor import Visitor

pytestmark = pytest.mark.usefixtures("cheap_passwords")


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(auth="password")


@pytest.fixture
def anna(app: Flask) -> Visitor:
    return signed_in(app, new_account(app, "Anna"))


def make(visitor: Visitor, scope: str = "write", days: str = "90") -> str:
    answer = visitor.post("/settings/keys", {"name": "the CRM", "scope": scope, "days": days})
    assert answer.status_code == 201
    return re.findall(r'value="(konspekt_[\w-]{43})"', answer.text)[0]


def test_a_key_is_shown_once_and_opens_ones_own(app: Flask, anna: Visitor) -> None:
    assert "There is no key yet." in anna.open("/settings/keys")
    key, job = make(anna), anna.send("моя запись")
    page = anna.open("/settings/keys")
    assert key not in page
    assert "never used" in page
    answer = app.test_client().get("/api/v1/jobs", headers={"Authorization": f"Bearer {key}"})
    assert answer.json is not None
    assert [one["id"] for one in answer.json["jobs"]] == [job.id]
    assert "last used" in anna.open("/settings/keys")


def test_a_key_that_may_read_changes_nothing(app: Flask, anna: Visitor) -> None:
    job, headers = anna.send(), {"Authorization": f"Bearer {make(anna, 'read', '')}"}
    client = app.test_client()
    assert client.get(f"/api/v1/jobs/{job.id}", headers=headers).status_code == 200
    assert client.delete(f"/api/v1/jobs/{job.id}", headers=headers).status_code == 403
    assert "valid without an end" in anna.open("/settings/keys")


def test_a_revoked_key_opens_nothing_and_only_its_owner_revokes_it(app: Flask, anna: Visitor) -> None:
    headers, boris = {"Authorization": f"Bearer {make(anna)}"}, signed_in(app, new_account(app, "Boris"))
    (key_id,) = re.findall(r"/settings/keys/(\w{8})/revoke", anna.open("/settings/keys"))
    boris.open("/settings/keys")
    assert boris.post(f"/settings/keys/{key_id}/revoke").status_code == 404
    assert app.test_client().get("/api/v1/jobs", headers=headers).status_code == 200
    assert anna.post(f"/settings/keys/{key_id}/revoke").status_code == 303
    assert app.test_client().get("/api/v1/jobs", headers=headers).status_code == 401
    assert "revoked" in anna.open("/settings/keys")


def test_only_an_administrator_makes_a_key_that_sees_what_is_worked_on_for_others(
    app: Flask, anna: Visitor
) -> None:
    boris = signed_in(app, new_account(app, "Boris"))
    assert 'value="admin"' not in boris.open("/settings/keys")
    refused = boris.post("/settings/keys", {"name": "the CRM", "scope": "admin", "days": "30"})
    assert refused.status_code == 403
    boris.send("Boris's secret.mp4")
    assert 'value="admin"' in anna.open("/settings/keys")
    client, ask = app.test_client(), "/api/v1/server"
    told = client.get(ask, headers={"Authorization": f"Bearer {make(anna, 'admin')}"})
    assert told.status_code == 200, told.text
    assert told.json["counts"]["queued"] == 1
    assert [(one["whose"], one["status"]) for one in told.json["jobs"]] == [("Boris", "queued")]
    assert "secret" not in told.text
    for visitor, scope in ((anna, "write"), (anna, "read"), (boris, "write")):
        answer = client.get(ask, headers={"Authorization": f"Bearer {make(visitor, scope)}"})
        assert answer.status_code == 403
        assert "--scope admin" in answer.text


WRONG = (
    {"name": "", "scope": "read", "days": "30"},
    {"name": "x", "scope": "root", "days": "30"},
    {"name": "the CRM", "scope": "read", "days": "31"},
    {"name": "a\x1b[31m", "scope": "read", "days": "30"},
)


def test_what_is_no_key_is_refused_and_what_was_typed_stays(anna: Visitor) -> None:
    for form in WRONG:
        answer = anna.post("/settings/keys", form)
        assert answer.status_code == 422
        assert escape(form["name"]) in answer.text
    assert "There is no key yet." in anna.open("/settings/keys")
