"""A proxy that answers by itself, cuts or redirects: nothing is said to be done that is not."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.slow

OURS = {"X-Konspekt": "1"}  # what the program's own answers carry
HTML = {"content_type": "text/html"}
LOGIN = "<!doctype html><title>Sign in</title><form><input name=password></form>"
WAYS: dict[str, Callable[[Route], None]] = {
    "asks for a login": lambda route: route.fulfill(status=200, body=LOGIN, **HTML),
    "refuses": lambda route: route.fulfill(status=401, body=LOGIN, **HTML),
    "forbids": lambda route: route.fulfill(status=403, body="<h1>Forbidden</h1>", **HTML),
    "takes less": lambda route: route.fulfill(status=413, body="<h1>413</h1>", **HTML),
    "limits": lambda route: route.fulfill(status=429, body="slow down", content_type="text/plain"),
    "finds nobody": lambda route: route.fulfill(status=502, body="<h1>502 Bad Gateway</h1>", **HTML),
    "waits in vain": lambda route: route.fulfill(status=504, body="<h1>504</h1>", **HTML),
    "is being mended": lambda route: route.fulfill(status=503, headers={"Retry-After": "60"}, body=""),
    "says nothing": lambda route: route.fulfill(status=200, body="", **HTML),
    "answers in JSON": lambda route: route.fulfill(status=200, json={"ok": True}),
    "has nothing to say": lambda route: route.fulfill(status=204),
    "cuts": lambda route: route.abort("connectionreset"),
}


def delete(page: Page) -> None:
    page.get_by_role("button", name="Delete").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()


def test_nothing_is_deleted_that_is_not(visit: Callable[..., Visit], tone: bytes) -> None:
    page = visit().page
    page.set_input_files("#files", [{"name": "call.wav", "mimeType": "audio/wav", "buffer": tone}])
    row = page.locator("#rows .is-done")
    expect(row).to_have_count(1)
    notice = page.locator("#notice")
    for misbehave in WAYS.values():
        page.route("**/jobs/*/delete", misbehave)
        delete(page)
        expect(notice).to_be_visible()
        expect(row).to_have_count(1)
        page.unroute_all()
        notice.evaluate("notice => { notice.hidden = true; }")
    delete(page)
    expect(row).to_have_count(0)


def test_nothing_is_taken_that_is_not(visit: Callable[..., Visit], tone: bytes) -> None:
    page = visit().page
    upload, taken = page.locator("#uploads li"), page.locator("#rows .row-card")
    page.route("**/uploads/*/job", WAYS["asks for a login"])
    page.set_input_files("#files", [{"name": "call.wav", "mimeType": "audio/wav", "buffer": tone}])
    expect(upload).to_contain_text("It goes on by itself")
    expect(taken).to_have_count(0)
    page.unroute_all()
    expect(taken).to_have_count(1)
    expect(upload).to_have_count(0)


def test_a_file_goes_straight_into_the_bucket_whatever_answers_on_its_way(
    visit: Callable[..., Visit], tone: bytes
) -> None:
    """The bucket and the addresses that lead there are this test; `make scale-test` has real ones."""
    page, whole = visit().page, [[0, len(tone), "/bucket/part"]]
    told: list[str] = []
    answers: dict[str, list[Callable[[Route], None]]] = {
        "room": [WAYS["finds nobody"], WAYS["waits in vain"]],
        "begin": [
            WAYS["finds nobody"],
            lambda route: route.fulfill(json={"address": "/direct-uploads/one"}, headers=OURS),
        ],
        "state": [
            WAYS["finds nobody"],
            WAYS["cuts"],
            lambda route: route.fulfill(json={"arrived": 0, "parts": whole}, headers=OURS),
            lambda route: route.fulfill(json={"arrived": 0, "parts": whole}, headers=OURS),
            lambda route: route.fulfill(json={"arrived": len(tone), "parts": []}, headers=OURS),
        ],
        "part": [WAYS["cuts"], lambda route: route.fulfill()],
        "job": [WAYS["waits in vain"], lambda route: route.fulfill(status=201, json={}, headers=OURS)],
    }

    def answer(what: str) -> Callable[[Route], None]:
        def do(route: Route) -> None:
            told.append(what)
            left = answers[what]
            left.pop(0)(route) if left else route.continue_()

        return do

    page.route("**/jobs/room*", answer("room"))
    page.route("**/direct-uploads", answer("begin"))
    page.route("**/direct-uploads/one", answer("state"))
    page.route("**/direct-uploads/one/job", answer("job"))
    page.route("**/bucket/part", answer("part"))
    page.evaluate(
        """() => {
            document.getElementById("upload").dataset.direct = "/direct-uploads";
            const later = window.setTimeout;
            window.setTimeout = (work, ms, ...more) => later(work, Math.min(ms, 20), ...more);
        }"""
    )
    page.set_input_files("#files", [{"name": "call.wav", "mimeType": "audio/wav", "buffer": tone}])
    expect(page.locator("#uploads li")).to_have_count(0, timeout=30_000)
    assert not any(answers.values()), (answers, told)
    assert [told.count(what) for what in ("part", "job")] == [2, 2]


def test_a_stream_whose_events_are_held_back_is_asked_for(visit: Callable[..., Visit]) -> None:
    page = visit().page
    with page.expect_request("**/queue*"):
        page.evaluate("setInterval(() => { heardAt -= 60000; }, 100) && 0")
