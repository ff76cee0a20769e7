from collections.abc import Callable

import pytest
from flask import Flask

from tests.web.account import PASSWORD, browser, new_account, sign_in, signed_in

pytestmark = pytest.mark.usefixtures("cheap_passwords")


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(auth="password")


def test_before_there_is_an_account_the_page_says_how_to_make_one(app: Flask) -> None:
    assert "flask users add" in browser(app).open("/login")
    new_account(app, "Anna")
    assert "flask users add" not in browser(app).open("/login")


def test_whatever_is_wrong_is_told_in_the_same_words(app: Flask) -> None:
    new_account(app, "Anna")
    visitor, told = browser(app), set()
    for name, password in (("Anna", "wrong password"), ("Nobody", PASSWORD), ("", ""), ("x" * 500, "\0")):
        answer = sign_in(visitor, name, password)
        assert answer.status_code == 403
        told.add(answer.text.partition("<form")[0])
    assert len(told) == 1
    assert "The name or the password is wrong." in told.pop()
    assert visitor.client.get("/recordings").status_code == 303


def test_the_form_needs_the_token_of_this_browser(app: Flask) -> None:
    new_account(app, "Anna")
    visitor, other = browser(app), browser(app)
    visitor.open("/login"), other.open("/login")
    form = {"name": "Anna", "password": PASSWORD}
    assert visitor.client.post("/login", data=form).status_code == 400
    assert visitor.client.post("/login", data={**form, "csrf_token": other.token}).status_code == 400
    assert signed_in(app, new_account(app, "Boris")).client.post("/logout").status_code == 400


def test_guessing_is_slowed_down_and_a_right_password_does_not_help(app: Flask) -> None:
    new_account(app, "Anna")
    visitor = browser(app)
    for _ in range(10):
        assert sign_in(visitor, "Anna", "wrong password").status_code == 403
    answer = sign_in(visitor, "Anna")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


ELSEWHERE = (
    "https://evil.example/x", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "/\t/evil.example", "http:evil.example", "///evil.example", "@evil.example", "/%09/evil.example",
    "//[", "https://[evil.example",
)  # fmt: skip


def test_nobody_is_led_to_another_site(app: Flask) -> None:
    visitor = signed_in(app, new_account(app, "Anna"))
    for wanted in ELSEWHERE:
        location = visitor.client.get("/login", query_string={"next": wanted}).location
        assert location.startswith("/"), wanted
        assert location[1:2] not in ("/", "\\", "\t"), wanted
    assert sign_in(browser(app), "Anna", next="//evil.example/x").location == "/x"
