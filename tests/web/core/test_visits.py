"""Work that the pages do for visitors is bounded where the setting says so; reading is not."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.errors import TooManyRequests
from app.web.core import visits
from app.web.live.access import count
from app.web.live.stream import refusal
from tests.web.live.test_foreign import LISTEN, UPGRADE
from tests.web.visitor import HTMX, JSON, Visitor

RUSSIAN = {"Accept-Language": "ru"}


def visitor(app: Flask) -> Visitor:
    made = Visitor(app.test_client())
    made.open()
    return made


def test_who_has_much_done_is_told_in_his_language_when_he_may_go_on(make_app: Callable[..., Flask]) -> None:
    anna = visitor(make_app(visitor_rate="2/hour"))
    assert anna.post("/links", {"link": "https://example.org/a.mp3"}).status_code == 303
    assert anna.client.get("/recordings").status_code == 200, "a list is no search"
    found = anna.client.get("/recordings?q=budget")
    assert (found.status_code, found.headers["RateLimit-Limit"], found.headers["RateLimit-Remaining"]) == (
        200,
        "2",
        "0",
    )
    refused = anna.upload(("a.wav", b"RIFF"))
    assert (refused.status_code, refused.headers["RateLimit-Reset"]) == (429, refused.headers["Retry-After"])
    assert "Too many requests. Please come back in 1 h." in refused.text
    russian = anna.post("/recordings/questions", {"question": "Что решили?"}, headers=RUSSIAN)
    assert russian.status_code == 429
    assert "Слишком много запросов. Повторите через 1 ч." in russian.text
    for headers, told in ((JSON, "application/json"), (HTMX, "text/html")):
        answer = anna.post("/links", {"link": "https://example.org/a.mp3"}, headers=headers)
        assert (answer.status_code, answer.mimetype) == (429, told)
    assert anna.client.get("/").status_code == 200, "what there is can be read"


def test_a_new_cookie_does_not_help_and_another_address_has_its_own_count(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(visitor_rate="1/hour")
    search = "/recordings?q=budget"
    assert [visitor(app).client.get(search).status_code for _ in range(2)] == [200, 429]
    elsewhere = {"REMOTE_ADDR": "10.1.2.3"}
    assert visitor(app).client.get(search, environ_base=elsewhere).status_code == 200
    household = [{"REMOTE_ADDR": f"2001:db8::{n}"} for n in (1, 2)]
    assert [visitor(app).client.get(search, environ_base=at).status_code for at in household] == [200, 429]


def test_behind_a_proxy_the_address_is_the_visitors(make_app: Callable[..., Flask]) -> None:
    app = make_app(visitor_rate="1/hour", proxies=1)
    asked = [("10.0.0.1", 200), ("10.0.0.2", 200), ("10.0.0.1", 429)]
    for address, status in asked:
        answer = app.test_client().get("/recordings?q=x", headers={"X-Forwarded-For": address})
        assert answer.status_code == status


def test_live_streams_of_pages_are_counted_with_the_visits_and_of_programs_with_the_api(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(visitor_rate="1/hour", rate="2/hour")
    page = {"Origin": "http://localhost"}
    with app.test_request_context("/ws/transcribe", headers=page):
        count()
    with (
        app.test_request_context("/ws/transcribe", headers=page | RUSSIAN),
        pytest.raises(TooManyRequests) as refused,
    ):
        count()
    with app.test_request_context(headers=RUSSIAN):
        told = refusal(refused.value)
    assert (told.code, told.retry_after_s) == ("too_many_requests", refused.value.retry_after_s)
    assert told.message == "Слишком много запросов. Повторите через 1 ч."
    with app.test_request_context("/ws/transcribe", environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        count()
        count()
    answer = app.test_client().get(LISTEN, headers=UPGRADE)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)


def test_each_view_that_is_counted_is_there(app: Flask) -> None:
    assert {*visits.COUNTED, visits.SEARCH} <= app.view_functions.keys()
