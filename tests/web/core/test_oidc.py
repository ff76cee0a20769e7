"""Signing in at a provider, which is a small one of Authlib's parts on a port of this machine."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from app.web.core.context import konspekt
from tests.web import openid_provider
from tests.web.account import Person, browser
from tests.web.openid_provider import CLIENT, SECRET, Provider
from tests.web.visitor import Visitor

Make = Callable[..., Flask]
ANNA = {"sub": "anna-1", "preferred_username": "anna", "email": "anna@example.org", "email_verified": True}


@pytest.fixture(scope="module")
def one_provider() -> Iterator[Provider]:
    with openid_provider.serving() as provider:
        yield provider


@pytest.fixture
def provider(one_provider: Provider) -> Provider:
    one_provider.person, one_provider.says = {**ANNA}, {}
    return one_provider


@pytest.fixture
def make(make_app: Make, provider: Provider) -> Make:
    own = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    return lambda **settings: make_app(auth="oidc", **{**own, **settings})


def leave(person: Person, wanted: str = "/recordings?q=x") -> str:
    """Go to the provider and return the address to which it leads back."""
    answer = person.client.get("/login/oidc", query_string={"next": wanted})
    assert answer.status_code == 302, answer.text
    back = requests.get(answer.location, allow_redirects=False, timeout=60)
    return back.headers["Location"].removeprefix("http://localhost")


def sign_in(person: Person) -> TestResponse:
    return person.client.get(leave(person))


def names(app: Flask) -> list[str]:
    return [one.name for one in konspekt(app).integrations.account_listing.all()]


def test_who_is_known_there_has_an_account_here(make: Make, make_app: Make) -> None:
    before = Visitor(make_app().test_client())
    before.open()
    job, cookie = before.send(), before.client.get_cookie("session")
    assert cookie is not None
    app = make()
    anna = browser(app)
    anna.client.set_cookie("session", cookie.value)
    assert "Sign in at 127.0.0.1" in anna.open("/login")
    answer = sign_in(anna)
    assert (answer.status_code, answer.location) == (303, "/recordings?q=x")
    assert anna.client.get("/recordings").status_code == 200
    (account,) = konspekt(app).integrations.account_listing.all()
    assert (account.name, account.is_admin, account.has_password) == ("anna", True, False)
    assert [one.id for one in konspekt(app).jobs.list(account.owner)] == [job.id]
    assert sign_in(browser(app)).status_code == 303  # another browser, the same account
    assert names(app) == ["anna"]
    anna.open("/settings")
    assert anna.post("/logout").status_code == 303
    assert anna.client.get("/recordings").status_code == 303
    assert anna.post("/settings/password", {"new": "another sentence"}).status_code in (400, 401)


def test_who_calls_himself_as_another_is_still_another(make: Make, provider: Provider) -> None:
    app = make()
    sign_in(browser(app))
    provider.person["sub"] = "boris-2"
    sign_in(browser(app))
    provider.person |= {"sub": "vera-3", "email": "vera@example.org"}
    sign_in(browser(app))
    assert names(app) == ["anna", "anna@example.org", "vera@example.org"]


def test_only_those_of_the_setting_may_sign_in(make: Make, provider: Provider) -> None:
    app = make(oidc_allow="vera@example.com, @example.org")
    for claims, status in (
        (ANNA, 303),
        ({**ANNA, "email": "ANNA@Example.org"}, 303),
        ({**ANNA, "email_verified": False}, 403),
        ({**ANNA, "email_verified": "true"}, 403),
        ({**ANNA, "email": "anna@evil.example.org"}, 403),
        ({**ANNA, "email": "anna@example.org@evil.example"}, 403),
        ({**ANNA, "email": "example.org"}, 403),
        ({"sub": "anna-1"}, 403),
        ({**ANNA, "email": "vera@example.com"}, 303),
    ):
        provider.person = dict(claims)
        assert sign_in(browser(app)).status_code == status, claims


def test_a_token_that_is_not_for_us_is_refused(make: Make, provider: Provider) -> None:
    app = make()
    for says in ({"iss": "https://evil.example"}, {"aud": "another client"}, {"nonce": "x"}, {"exp": 1}):
        provider.says = dict(says)
        answer = sign_in(browser(app))
        assert answer.status_code == 422, says
        assert "has not confirmed" in answer.text
    assert names(app) == []


def test_what_comes_back_belongs_to_this_browser_and_is_taken_once(make: Make) -> None:
    app = make()
    anna, thief = browser(app), browser(app)
    back = leave(anna)
    thief.open("/login")
    assert thief.client.get(back).status_code == 422  # his browser has not begun it
    assert anna.client.get(back.replace("state=", "state=x")).status_code == 422
    assert anna.client.get(back).status_code == 303
    assert thief.client.get(back).status_code == 422
    assert browser(app).client.get("/login/oidc/callback?error=access_denied").status_code == 422


def test_the_provider_is_asked_with_a_challenge_and_led_back_here_only(make: Make) -> None:
    anna = browser(make())
    asked = parse_qs(urlsplit(anna.client.get("/login/oidc?next=//evil.example/x").location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://localhost/login/oidc/callback"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert anna.client.get(leave(anna, "//evil.example/x")).location == "/x"


def test_a_provider_that_is_away_is_said_to_be(make: Make) -> None:
    app = make(oidc_issuer="http://127.0.0.1:9")
    answer = browser(app).client.get("/login/oidc")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_there_is_no_other_way_in(make: Make, make_app: Make) -> None:
    visitor = browser(make())
    visitor.open("/login")
    visitor.post("/login", {"name": "anna", "password": "whatever it is"})
    assert visitor.client.get("/recordings").status_code == 303
    assert browser(make_app()).client.get("/login/oidc").status_code == 404


def test_who_never_comes_back_from_the_provider_leaves_little_behind(make: Make) -> None:
    app = make()
    anna = browser(app)
    back = [leave(anna) for _ in range(8)]
    with anna.client.session_transaction() as session:
        assert len([name for name in session if "_state_" in name]) == 5
    assert anna.client.get(back[0]).status_code == 422
    assert anna.client.get(back[-1]).status_code == 303


def test_going_to_the_provider_is_counted(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.core.sign_in_limits.LEAVES_FROM", "2/minute")
    app = make()
    assert [browser(app).client.get("/login/oidc").status_code for _ in range(3)] == [302, 302, 429]
