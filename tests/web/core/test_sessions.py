"""Visitors are apart, and stay who they are."""

from collections.abc import Callable

from flask import Flask

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
    for path in ("/health", "/static/live.js", "/queue", "/jobs/none", "/language/ru", "/events"):
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
