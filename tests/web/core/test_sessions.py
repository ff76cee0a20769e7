"""Visitors are apart, and stay who they are."""

import re
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask_session import Session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import create_app
from app.config import Config
from app.web.core import sessions
from tests.web.visitor import Visitor, stored_sessions


def test_opening_the_page_makes_a_visitor_who_stays_the_same(anna: Visitor) -> None:
    first = anna.owner
    assert len(first) == 32
    anna.open()
    assert anna.owner == first


def test_two_visitors_do_not_see_each_other(anna: Visitor, boris: Visitor) -> None:
    job = anna.done("бюджет.mp4")
    assert "бюджет.mp4" in anna.open()
    assert "бюджет.mp4" not in boris.open()
    assert job.id not in boris.open("/queue")


def test_the_cookie_is_kept_from_scripts_and_other_sites(app: Flask) -> None:
    cookie = app.test_client().get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_the_cookie_says_nothing_of_the_visitor(anna: Visitor) -> None:
    cookie = anna.client.get_cookie("session")
    assert cookie is not None
    assert anna.owner not in cookie.value


def test_sessions_outlive_a_restart(make_app: Callable[..., Flask]) -> None:
    before = Visitor(make_app().test_client())
    before.open()
    cookie = before.client.get_cookie("session")
    assert cookie is not None
    after = Visitor(make_app().test_client())
    after.client.set_cookie("session", cookie.value)
    after.open()
    assert after.owner == before.owner


def get_pages(app: Flask) -> list[str]:
    """Return every address that a stranger may ask for."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [re.sub("<[^>]+>", "none", rule.rule) for rule in rules if not rule.rule.startswith("/ws")]


def test_two_first_requests_of_a_visitor_may_keep_something_at_once(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    interface, together = app.session_interface, threading.Barrier(8)
    assert isinstance(interface, sessions.Visitors)

    def keep(sid: str) -> None:
        together.wait()
        with app.app_context():
            interface._keep(app, sessions.VisitorSession({"owner": sid}, sid, True))

    with ThreadPoolExecutor(8) as threads:
        for number in range(10):
            list(threads.map(keep, [f"visitor {number}"] * 8))
    assert stored_sessions(app) == 10
    assert not caplog.records


def test_who_only_looks_leaves_nothing_in_the_database(app: Flask, anna: Visitor) -> None:
    for path in get_pages(app):
        app.test_client().get(path).close()  # as robots and health checks: each time without a cookie
        anna.client.get(path).close()
        anna.client.post(path).close()  # without the token of a form
    assert stored_sessions(app) == 0
    with anna.client.session_transaction() as session:
        session["something"] = "to be kept"
    assert stored_sessions(app) == 1


def test_the_first_form_is_taken_from_a_visitor_of_whom_nothing_is_kept(app: Flask, tone: bytes) -> None:
    for path in ("/", "/vectors", "/live"):
        visitor = Visitor(app.test_client())
        visitor.open(path)
        before = visitor.owner
        assert visitor.upload(("a.wav", tone)).status_code == 303
        visitor.open()
        assert (visitor.owner, visitor.names()) == (before, ["a.wav"])


def test_many_visitors_stay_who_they_are(app: Flask) -> None:
    visitors = [Visitor(app.test_client()) for _ in range(20)]
    for visitor in visitors:
        visitor.open()
    owners = [visitor.owner for visitor in visitors]
    for visitor in visitors:
        visitor.open()
    assert [visitor.owner for visitor in visitors] == owners
    assert len(set(owners)) == 20


def test_a_cookie_is_renewed_once_a_day_and_forgotten_after_a_month(
    app: Flask, anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = anna.owner
    assert "Set-Cookie" not in anna.client.get("/").headers
    began = time.time()
    for days, known in ((2, True), (20, True), (40, True), (72, False)):
        monkeypatch.setattr(time, "time", lambda now=began + days * 86_400: now)
        assert ("Set-Cookie" in anna.client.get("/").headers, anna.open() and anna.owner == owner) == (
            True,
            known,
        )


def test_a_visitor_of_a_version_that_did_not_sign_is_known(app: Flask) -> None:
    client = app.test_client()
    with app.test_request_context():
        interface = app.session_interface
        assert isinstance(interface, sessions.Visitors)
        old = sessions.VisitorSession({"owner": "0" * 32, "csrf_token": "old"}, "as-it-was", True)
        interface._keep(app, old)
    client.set_cookie("session", "as-it-was")
    visitor = Visitor(client)
    visitor.open()
    assert visitor.owner == "0" * 32
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert cookie.value.startswith("as-it-was.")


def test_a_forged_cookie_is_a_new_visitor(app: Flask, anna: Visitor) -> None:
    anna.send("тайна.mp4")
    for cookie in ("forged", "../../etc/passwd", "x" * 3000, "%00", "session:1' or '1'='1", anna.owner):
        client = app.test_client()
        client.set_cookie("session", cookie)
        forger = Visitor(client)
        assert "тайна" not in forger.open()
        assert forger.owner not in ("", anna.owner)


NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def test_the_program_lives_while_the_database_is_away(tmp_path: Path) -> None:
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    config = Config.model_validate({**folders, "database_url": NOWHERE})
    client = create_app(config).test_client()
    assert client.get("/health").status_code == 200
    for _ in range(2):  # a visitor who failed spoils it for nobody
        answer = client.get("/", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_flask_session_still_asks_the_database_when_it_is_made() -> None:
    """Where this fails, `Visitors` can go: `Session(app)` in `init_app` is enough."""
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=NOWHERE, SESSION_TYPE="sqlalchemy")
    app.config["SESSION_SQLALCHEMY"] = SQLAlchemy(app)
    with pytest.raises(OperationalError):
        Session(app)


def test_expired_sessions_are_deleted(app: Flask, anna: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    for visitor in (anna, Visitor(app.test_client())):
        visitor.open()
        with visitor.client.session_transaction() as session:
            session["something"] = "to be kept"
    with app.app_context():
        database = app.config["SESSION_SQLALCHEMY"]
        first = "select session_id from sessions order by id limit 1"
        expire = f"update sessions set expiry = '2020-01-01 00:00:00' where session_id = ({first})"
        database.session.execute(text(expire))
        database.session.commit()
    monkeypatch.setattr(secrets, "randbelow", lambda n: 1)
    app.test_client().get("/queue")
    assert stored_sessions(app) == 2
    monkeypatch.setattr(secrets, "randbelow", lambda n: 0)
    app.test_client().get("/queue")
    assert stored_sessions(app) == 1


@pytest.mark.parametrize("ahead_s", [3, 400 * 86_400])
def test_a_clock_that_is_set_back_makes_no_other_visitor_of_anybody(
    anna: Visitor, monkeypatch: pytest.MonkeyPatch, ahead_s: int
) -> None:
    """So does the clock of another machine that is a little behind."""
    told = time.time
    monkeypatch.setattr(time, "time", lambda: told() + ahead_s)
    ahead = Visitor(anna.app.test_client())
    ahead.open()
    job = ahead.send("до перевода часов.mp4")
    cookie, owner = ahead.client.get_cookie("session"), ahead.owner
    assert cookie is not None
    monkeypatch.undo()
    same = Visitor(anna.app.test_client())
    same.client.set_cookie("session", cookie.value)
    same.open()
    assert (same.owner, [one.id for one in same.jobs.list(owner)]) == (owner, [job.id])
    renewed = same.client.get_cookie("session")
    assert renewed is not None
    assert (renewed.value == cookie.value) is (ahead_s == 3)
