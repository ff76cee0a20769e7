"""Visitors are apart, and stay who they are."""

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_session import Session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import create_app
from app.config import Config
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


def test_who_never_opens_the_page_fills_no_database(app: Flask) -> None:
    for path in ("/health", "/static/updates.js", "/queue", "/jobs/none", "/language/ru", "/events"):
        app.test_client().get(path).close()
    assert stored_sessions(app) == 0


def test_many_visitors_keep_their_sessions(app: Flask) -> None:
    first = Visitor(app.test_client())
    first.open()
    owner = first.owner
    for _ in range(20):
        app.test_client().get("/")
    first.open()
    assert first.owner == owner
    assert stored_sessions(app) == 21


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
    """Where this fails, `SessionsFromFirstVisit` can go: `Session(app)` in `init_app` is enough."""
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=NOWHERE, SESSION_TYPE="sqlalchemy")
    app.config["SESSION_SQLALCHEMY"] = SQLAlchemy(app)
    with pytest.raises(OperationalError):
        Session(app)


def test_expired_sessions_are_deleted(app: Flask, anna: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    Visitor(app.test_client()).open()
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
