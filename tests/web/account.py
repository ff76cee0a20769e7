"""People with accounts, in browsers of an app in this process."""

import re
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.integrations.accounts.accounts import Account
from app.web.core.context import konspekt
from tests.web.visitor import Visitor

PASSWORD = "a long sentence"


def new_account(app: Flask, name: str) -> Account:
    return konspekt(app).integrations.accounts.add(name, PASSWORD, datetime.now(UTC))


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


class Person(Visitor):
    """A browser whose recordings are an account's, once somebody has signed in."""

    def open(self, path: str = "/", **options: Any) -> str:
        owner = self.owner
        page = super().open(path, **options)
        self.owner = owner if owner.startswith("account:") else self.owner
        return page


def browser(app: Flask, said: str = FIREFOX) -> Person:
    visitor = Person(app.test_client())
    visitor.client.environ_base.update(HTTP_USER_AGENT=said, HTTP_ACCEPT="text/html,*/*;q=0.8")
    return visitor


def sign_in(visitor: Visitor, name: str, password: str = PASSWORD, **form: str) -> TestResponse:
    """Open the page of signing in and send its form."""
    visitor.open("/login")
    answer = visitor.post("/login", {"name": name, "password": password, **form})
    page = visitor.client.get("/settings").text  # a new session, and so a new token of its forms
    if found := re.search(r'name="csrf_token" value="([^"]+)"', page):
        visitor.token = found[1]
    return answer


def signed_in(app: Flask, account: Account) -> Person:
    """Give a browser in which somebody has signed in."""
    visitor = browser(app)
    assert sign_in(visitor, account.name).status_code == 303
    visitor.owner = account.owner
    return visitor
