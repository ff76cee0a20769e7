"""No page has a violation that axe-core finds, in light and in dark.

Pages are found by themselves: every address that answers with one. axe-core is Deque's, from npm unchanged.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.opened import Opened
from tests.web.test_access import EXPECTED

pytestmark = pytest.mark.slow

AXE = (Path(__file__).parent / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN = "(rules) => axe.run(document, { resultTypes: ['violations'], preload: false, ...rules })"
COLOURS_ONLY = {"runOnly": ["color-contrast", "link-in-text-block"]}  # all that a colour scheme changes


def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    """Return each broken rule with the elements that break it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RUN, rules)["violations"]
    return [f"{page.url} {one['id']}: {[node['html'][:150] for node in one['nodes']]}" for one in found]


def addresses(page: Page, values: dict[str, str]) -> list[str]:
    """Return every address of the program that answers this visitor with a page."""
    found = []
    for request in EXPECTED:
        method, _, path = request.partition(" ")
        for name, value in values.items():
            path = path.replace(f"<{name}>", value)
        if method != "GET" or "<" in path or path.endswith(("/events", "/events?")):
            continue
        answer = page.request.get(urljoin(page.url, path), headers={"Accept": "text/html"}, max_redirects=0)
        if (
            "text/html" in answer.headers.get("content-type", "")
            and "<!doctype" in answer.text()[:100].lower()
        ):
            found.append(urljoin(page.url, path))
    return found


def in_both(page: Page) -> list[str]:
    """Look at what is open now in light, with all rules, and in dark."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # no colour is on its way to another
    found = violations(page, {})
    page.emulate_media(color_scheme="dark")
    found += violations(page, COLOURS_ONLY)
    page.emulate_media(color_scheme="light")
    return found


def test_no_page_has_a_violation(opened: Callable[..., Opened]) -> None:
    recording = opened(locale="ru-RU")
    page = recording.page
    page.locator("#share summary").click()
    page.locator("#share button").first.click()
    shared = page.locator(".share-links input.form-control").input_value()
    values = {"job_id": recording.url.rpartition("/")[2], "token": shared.rpartition("/")[2]}
    found = addresses(page, values)
    rooms = {urlsplit(path).path.split("/")[1] for path in found}
    assert rooms >= {"", "jobs", "recordings", "shared", "live", "vectors", "speak", "lab"}
    wrong = []
    for path in (
        *found,
        f"{recording.url}?original=1",
        *(urljoin(recording.url, other) for other in ("/recordings?q=budget", "/recordings?q=x", "/nothing")),
    ):
        page.goto(path)
        wrong += in_both(page)
    assert not wrong, "\n".join(wrong)


def test_what_opens_on_the_page_of_a_recording_has_none_either(opened: Callable[..., Opened]) -> None:
    page = opened().page
    page.locator(".line p").nth(1).dblclick()
    page.locator("#edit-minutes").click()
    page.get_by_label("Find in the transcript").fill("budget")
    page.locator(".more summary").click()
    wrong = in_both(page)
    page.locator(".who").first.click()
    wrong += in_both(page)
    assert not wrong, "\n".join(wrong)
