"""A proxy that names who has signed in: believed by the address of the connection alone."""

from collections.abc import Callable
from itertools import product

import pytest
from flask import Flask

from app.web.core.accounts import NamedByProxy
from app.web.core.context import konspekt
from app.web.core.proxy_header import PEER
from tests.web.account import Person, browser
from tests.web.visitor import Visitor

PROXY = "10.1.0.4"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(auth="proxy", proxy_networks=f"{PROXY},fd00::/64", proxies=1)


def by_proxy(app: Flask, name: str | None, peer: str = PROXY) -> Person:
    person = browser(app)
    person.client.environ_base["REMOTE_ADDR"] = peer
    if name is not None:
        person.client.environ_base["HTTP_REMOTE_USER"] = name.encode().decode("latin-1")
    return person


def names(app: Flask) -> list[str]:
    return [one.name for one in konspekt(app).integrations.account_listing.all()]


def test_whom_the_proxy_names_has_an_account(app: Flask) -> None:
    anna, same = by_proxy(app, "Анна"), by_proxy(app, "АННА", "fd00::7")
    page = anna.open("/settings")
    assert "Анна" in page
    assert "/logout" not in page
    assert same.client.get("/recordings").status_code == 200
    assert by_proxy(app, "boris", "::ffff:10.1.0.4").client.get("/settings/server").status_code == 403
    assert names(app) == ["Анна", "boris"]
    (account, _) = konspekt(app).integrations.account_listing.all()
    anna.owner = account.owner
    job = anna.send("тайное")
    assert same.client.get(f"/jobs/{job.id}").status_code == 200
    assert by_proxy(app, "boris").client.get(f"/jobs/{job.id}").status_code == 404


def test_nobody_else_is_believed(app: Flask) -> None:
    peers = ("10.1.0.5", "127.0.0.1", "fd00:0:0:1::1", "", "unix:")
    for peer, forwarded in product(peers, ("", PROXY, f"{PROXY}, {PROXY}")):
        forger = by_proxy(app, "Анна", peer)
        headers = {"X-Forwarded-For": forwarded, "X-Real-Ip": PROXY} if forwarded else {}
        answer = forger.client.get("/recordings", headers=headers)
        assert (answer.status_code, answer.location) == (303, "/login?next=/recordings")
        assert "named nobody" in forger.open("/login")
    assert names(app) == []


def test_who_is_named_by_no_name_is_nobody(app: Flask) -> None:
    for name in (None, "", "  ", "x" * 201, "a\x1bb"):
        assert by_proxy(app, name).client.get("/recordings").status_code == 303
    assert names(app) == []


def test_what_a_browser_has_recorded_before_becomes_his_once(
    app: Flask, make_app: Callable[..., Flask]
) -> None:
    before = Visitor(make_app().test_client())
    before.open()
    job, cookie = before.send(), before.client.get_cookie("session")
    assert cookie is not None
    people = [by_proxy(app, name) for name in ("Анна", "boris")]
    for person in people:  # at the same browser, one after the other
        person.client.set_cookie("session", cookie.value)
        person.client.get("/recordings")
    owners = [one.owner for one in konspekt(app).integrations.account_listing.all()]
    assert [[one.id for one in konspekt(app).jobs.list(owner)] for owner in owners] == [[job.id], []]


def test_long_recordings_are_read_for_the_same_person(app: Flask) -> None:
    """The process that reads them gets an environment in which the client has taken the proxy's place."""
    by_proxy(app, "Анна").client.get("/recordings")
    environ = {"REMOTE_ADDR": "203.0.113.9", "HTTP_REMOTE_USER": "boris", "HTTP_ACCEPT": "text/html"}
    for peer, status in ((PROXY, 200), ("203.0.113.9", 303)):
        answer = app.test_client().get("/recordings", environ_overrides={**environ, PEER: peer})
        assert answer.status_code == status


def test_nobody_is_taken_for_another_who_is_called_nearly_so(app: Flask) -> None:
    """The proxy tells them apart, so each may belong to somebody else there."""
    for name, status in (
        ("anna", 200),
        ("\u00aanna", 303),
        ("\uff41nna", 303),
        ("strauss", 200),
        ("strauß", 200),
    ):
        assert by_proxy(app, name).client.get("/recordings").status_code == status, name
    assert names(app) == ["anna", "strauss", "strauß"]


def test_an_open_stream_asks_for_its_own_account_alone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each does so every few seconds, and there may be ten thousand accounts."""
    person, accounts = by_proxy(app, "anna"), konspekt(app).integrations.accounts
    listing = konspekt(app).integrations.account_listing
    person.client.get("/recordings")
    (account,) = listing.all()
    monkeypatch.setattr(listing, "all", lambda: pytest.fail("all of them were read"))
    signed = NamedByProxy(account, account.id)
    with app.app_context():
        assert signed.is_still_known()
        accounts.remove("anna")
        assert not signed.is_still_known()
