"""With accounts: who may open what, and what becomes of what was there before."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.integrations.accounts.accounts import Account
from app.web.core.accounts import is_open
from app.web.core.context import konspekt
from tests.web.account import PASSWORD, browser, new_account, sign_in, signed_in
from tests.web.visitor import HTMX, JSON, Visitor

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PAGES = {"Accept": "text/html"}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(auth="password")


@pytest.fixture
def anna(app: Flask) -> Account:
    return new_account(app, "Anna")


@pytest.fixture
def boris(app: Flask, anna: Account) -> Account:
    return new_account(app, "Boris")


def test_a_page_leads_to_the_sign_in_and_back(app: Flask, anna: Account) -> None:
    visitor = browser(app)
    answer = visitor.client.get("/recordings?q=budget", headers=PAGES)
    assert (answer.status_code, answer.location) == (303, "/login?next=/recordings?q%3Dbudget")
    page = visitor.client.get(answer.location).text
    assert 'name="next" value="/recordings?q=budget"' in page
    assert sign_in(visitor, "Anna", next="/recordings?q=budget").location == "/recordings?q=budget"
    assert visitor.client.get("/recordings").status_code == 200


def test_what_is_no_page_is_refused(app: Flask) -> None:
    for headers in (JSON, {**PAGES, **HTMX}, {"Accept": "text/event-stream"}):
        answer = browser(app).client.get("/queue", headers=headers)
        assert answer.status_code == 401
        assert "Sign in" in answer.text


def test_who_is_not_signed_in_reaches_only_what_is_named_as_open(app: Flask, anna: Account) -> None:
    stranger = browser(app).client
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<", "").replace(">", "").replace("int:number", "1").replace("path:", "")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if not is_open(rule.endpoint):
                answer = stranger.open(path, method=method, headers=PAGES)
                assert answer.status_code in ((303,) if method == "GET" else (400, 401)), path


def test_two_accounts_do_not_see_each_other(app: Flask, anna: Account, boris: Account) -> None:
    first, second = signed_in(app, anna), signed_in(app, boris)
    job = first.done("тайное совещание")
    assert "тайное совещание" in first.open()
    for path in ("/", "/recordings", "/settings/server", f"/jobs/{job.id}"):
        assert "тайное совещание" not in second.client.get(path).text
    assert second.client.get(f"/jobs/{job.id}").status_code == 404
    other_browser = signed_in(app, anna)
    assert "тайное совещание" in other_browser.open()


def test_what_a_visitor_has_recorded_becomes_his_when_he_signs_in(make_app: Callable[..., Flask]) -> None:
    before = Visitor(make_app().test_client())
    before.open()
    job, owner = before.send("до входа.mp4"), before.owner
    parts = konspekt(before.app)
    upload = parts.partial_uploads.create(owner, "half.mp4", 100)
    (parts.config.incoming_dir / f"live-{'a' * 32}").mkdir()
    (parts.config.incoming_dir / f"live-{'a' * 32}" / "owner").write_text(owner, "utf-8")
    (parts.config.incoming_dir / f"live-{'a' * 32}" / "sound.wav").write_bytes(b"")
    cookie = before.client.get_cookie("session")
    assert cookie is not None

    app = make_app(auth="password")
    accounts = [new_account(app, name) for name in ("Anna", "Boris")]
    same = browser(app)
    same.client.set_cookie("session", cookie.value)
    assert sign_in(same, "Anna").status_code == 303
    jobs, anna, boris = konspekt(app).jobs, *(one.owner for one in accounts)
    assert [one.id for one in jobs.list(anna)] == [job.id]
    assert konspekt(app).partial_uploads.get(anna, upload.id).name == "half.mp4"
    assert konspekt(app).saved_streams.find(anna, "a" * 32) is not None

    again = browser(app)  # whoever has the old cookie, or another account, gets nothing of it
    again.client.set_cookie("session", cookie.value)
    sign_in(again, "Boris")
    assert jobs.list(boris) == jobs.list(owner) == []
    assert len(jobs.list(anna)) == 1


def test_signing_in_and_out_gives_the_browser_another_session(app: Flask, anna: Account) -> None:
    planted = browser(app)
    planted.open("/login")
    cookie = planted.client.get_cookie("session")
    assert cookie is not None
    token = planted.token
    sign_in(planted, "Anna")
    thief = browser(app)
    thief.client.set_cookie("session", cookie.value)  # who has put his own cookie there, or has read it
    assert thief.client.get("/recordings", headers=PAGES).status_code == 303
    assert planted.token != token
    signed = planted.client.get_cookie("session")
    assert signed is not None
    assert planted.post("/logout").location == "/login"
    thief.client.set_cookie("session", signed.value)
    assert thief.client.get("/recordings", headers=PAGES).status_code == 303
    assert planted.client.get("/recordings", headers=PAGES).status_code == 303


def test_the_choices_of_a_browser_stay_when_he_signs_in_and_go_when_he_leaves(
    app: Flask, anna: Account
) -> None:
    visitor = browser(app)
    visitor.open("/login")
    with visitor.client.session_transaction() as session:
        session["wishes"] = {"language": "ru"}
    sign_in(visitor, "Anna")
    with visitor.client.session_transaction() as session:
        assert session["wishes"] == {"language": "ru"}
    visitor.post("/logout")
    with visitor.client.session_transaction() as session:
        assert "wishes" not in session


def test_who_was_signed_out_elsewhere_is_out_at_once(app: Flask, anna: Account) -> None:
    here, there = signed_in(app, anna), signed_in(app, anna)
    assert here.post("/settings/sign-ins/end").status_code == 303
    assert there.client.get("/recordings", headers=PAGES).status_code == 303
    assert here.client.get("/recordings").status_code == 200


def test_a_removed_account_is_out_at_once(app: Flask, anna: Account, boris: Account) -> None:
    visitor = signed_in(app, boris)
    visitor.done("его запись")
    konspekt(app).integrations.accounts.remove("Boris")
    assert visitor.client.get("/recordings", headers=PAGES).status_code == 303
    assert konspekt(app).jobs.list(boris.owner) == []


def test_the_api_asks_for_a_key_and_an_accounts_key_opens_what_is_the_accounts(
    app: Flask, anna: Account
) -> None:
    mine = signed_in(app, anna).send("моя запись")
    programs, client = konspekt(app).integrations.api_keys, app.test_client()
    assert client.get("/api/v1/jobs").status_code == 401
    _, own = programs.add("a program", "write", datetime.now(UTC), account=anna)
    _, other = programs.add("a program", "write", datetime.now(UTC))
    listed = [
        client.get("/api/v1/jobs", headers={"Authorization": f"Bearer {key}"}).json for key in (own, other)
    ]
    assert [[job["id"] for job in page["jobs"]] for page in listed] == [[mine.id], []]


def test_a_link_opens_a_recording_without_an_account(app: Flask, anna: Account) -> None:
    visitor = signed_in(app, anna)
    job = visitor.done("показать всем")
    visitor.post(f"/jobs/{job.id}/shares", {"days": "7"})
    link = konspekt(app).jobs.shares.of(job, datetime.now(UTC))
    with app.test_request_context():
        from app.web.core.share_links import address

        path = address(link[0]).removeprefix("http://localhost")
    assert "показать всем" in browser(app).client.get(path).text


def test_without_accounts_there_is_no_page_of_them(make_app: Callable[..., Flask]) -> None:
    visitor = Visitor(make_app().test_client())
    assert "/settings" not in visitor.open()
    for path in ("/login", "/settings", "/settings/keys", "/settings/server"):
        assert visitor.client.get(path, headers=PAGES).status_code == 404, path
    for path in ("/login", "/logout", "/settings/password", "/settings/keys", "/settings/sign-ins/end"):
        assert visitor.post(path, headers=PAGES).status_code == 404, path


def test_a_session_is_opened_by_its_signed_cookie_alone(app: Flask, anna: Account) -> None:
    """Its id stands in the database, and in every backup of it."""
    cookie = signed_in(app, anna).client.get_cookie("session")
    assert cookie is not None
    thief = browser(app)
    thief.client.set_cookie("session", cookie.value.rpartition(".")[0].rpartition(".")[0])
    assert thief.client.get("/recordings", headers=PAGES).status_code == 303


def test_who_signs_in_again_leaves_no_sign_in_behind(app: Flask, anna: Account, boris: Account) -> None:
    visitor = signed_in(app, anna)
    visitor.open("/settings")
    form = {"name": "Boris", "password": PASSWORD}
    assert visitor.post("/login", form).status_code == 303
    sign_ins, now = konspekt(app).integrations.sign_ins, datetime.now(UTC)
    assert [len(sign_ins.of(one, now)) for one in (anna, boris)] == [0, 1]


def test_a_password_that_is_changed_while_somebody_signs_in_by_it_lets_nobody_in(
    app: Flask, anna: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = konspekt(app).integrations.accounts
    verified = accounts.with_password

    def changed_just_then(name: str, password: str) -> Account | None:
        found = verified(name, password)
        accounts.set_password(anna, "quite another sentence")
        return found

    monkeypatch.setattr(accounts, "with_password", changed_just_then)
    visitor = browser(app)
    assert sign_in(visitor, "Anna").status_code in (401, 303)
    assert visitor.client.get("/recordings", headers=PAGES).status_code == 303


def test_nothing_is_found_by_an_address_with_nul(app: Flask, anna: Account) -> None:
    """PostgreSQL refuses it in any text, with an error that is none of ours."""
    visitor = signed_in(app, anna)
    for rule in app.url_map.iter_rules():
        if rule.arguments and "GET" in (rule.methods or ()):
            path = re.sub("<int:[^>]+>", "1", rule.rule)
            answer = visitor.client.get(re.sub("<[^>]+>", "a%00b", path), headers=PAGES)
            assert answer.status_code == 404 or "<int:" in rule.rule, path
    assert visitor.post("/settings/sign-ins/a%00b/end").status_code == 404
