"""Konspekt as an app: installed, without a connection, and with recordings that are shared to it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.opened import until
from tests.running import RunningServer

pytestmark = pytest.mark.slow

SHARE = """async (bytes) => {
    const form = new FormData();
    form.append("files", new File([new Uint8Array(bytes)], "Разговор.wav", { type: "audio/wav" }));
    window.answered = (await fetch("/share", { method: "POST", body: form })).url;
}"""


def test_the_app_shows_a_page_of_its_own_offline_and_sends_what_is_shared_to_it(
    visit: Callable[..., Visit], server: RunningServer, tone: bytes
) -> None:
    page = visit(locale="ru-RU", worker=True).page
    until(page, "navigator.serviceWorker.controller !== null")
    until(page, "caches.match('/offline').then((page) => page !== undefined)")

    asked = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")
    assert {error["errorId"] for error in asked["installabilityErrors"]} <= {"in-incognito"}, asked

    page.evaluate(SHARE, list(tone))
    assert page.evaluate("window.answered").endswith("/?shared")
    page.goto(server.url + "/?shared")
    expect(page.locator("#rows .is-done", has_text="Разговор.wav")).to_have_count(1)
    assert page.url == server.url + "/", "another look sends nothing twice"
    assert (
        page.evaluate("caches.open('konspekt-shared').then((kept) => kept.keys()).then((all) => all.length)")
        == 0
    )

    kept = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map(async (name) =>"
        " (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname))))"
    )
    assert {path for paths in kept for path in paths if not path.startswith(("/static/", "/bootstrap/"))} == {
        "/offline"
    }
    page.context.set_offline(True)
    page.goto(server.url + "/recordings")
    expect(page.get_by_role("heading", name="Konspekt недоступен")).to_be_visible()
    expect(page.locator(".site-head")).to_have_css("display", "flex")
    page.context.set_offline(False)
