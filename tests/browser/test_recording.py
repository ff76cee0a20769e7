"""A recording's page in a real browser: heard, followed, searched."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.making import make_media
from tests.running import RunningServer

SAID = (
    ("Anna", 1.0, "Good morning, let us begin with the budget."),
    ("Boris", 5.0, "The budget is approved, and we rent the offers in May."),
    ("Anna", 10.0, "Boris writes to the landlord by Friday."),
    ("Boris", 15.0, "Anything else about the bills?"),
)


@dataclass
class Opened:
    """The page of a recording of 20 s whose lines a test knows."""

    page: Page
    url: str


def until(page: Page, holds: str) -> None:
    """Wait for what the page's policy forbids Playwright to wait for by itself."""
    deadline = time.monotonic() + 20
    while not page.evaluate(holds):
        assert time.monotonic() < deadline, holds
        page.wait_for_timeout(50)


def lines() -> list[dict[str, Any]]:
    found = []
    for speaker, start, text in SAID:
        words = [
            {
                "start": start + 0.3 * n,
                "end": start + 0.3 * n + 0.25,
                "text": word,
                "probability": 0.2 + 0.7 * (n % 2),
            }
            for n, word in enumerate(text.split())
        ]
        found.append(
            {
                "start": start,
                "end": words[-1]["end"],
                "text": text,
                "speaker": speaker,
                "words": words,
                "doubtful": False,
            }
        )
    return found


@pytest.fixture
def opened(
    visit: Callable[..., Visit], server: RunningServer, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Opened]:
    """Open the page of a recording: its sound is a tone, its lines are SAID or those that a test gives."""
    tone = make_media(
        tmp_path_factory.mktemp("tone") / "tone.wav", "-f", "lavfi", "-i", "sine=f=300:r=16000:d=20"
    ).read_bytes()

    def open_page(segments: list[dict[str, Any]] | None = None, **options: Any) -> Opened:
        page = visit(**options).page
        page.set_input_files("#files", [{"name": "Budget.wav", "mimeType": "audio/wav", "buffer": tone}])
        if not options.get("javascript", True):
            page.get_by_role("button", name="Send").click()
        row = page.locator("#rows .is-done")
        expect(row).to_have_count(1, timeout=45_000)
        job_id = (row.get_attribute("id") or "").removeprefix("row-")
        results = server.folder / "results" / job_id
        transcript = json.loads((results / "transcript.json").read_text())
        transcript |= {"segments": segments or lines(), "language": "en", "duration_s": 20.0}
        (results / "transcript.json").write_text(json.dumps(transcript))
        minutes = json.loads((results / "minutes.json").read_text())
        point = {"text": "The budget is approved.", "start": 5.0}
        minutes |= {
            "topics": [{"title": "Budget", "start": 1.0, "points": [point]}],
            "decisions": [point],
            "action_items": [
                {"text": "Write to the landlord.", "start": 10.0, "who": "Boris", "by_when": "Friday"}
            ],
        }
        (results / "minutes.json").write_text(json.dumps(minutes))
        url = f"{server.url}/jobs/{job_id}"
        page.goto(url)
        if options.get("javascript", True):
            expect(page.locator(".lines[data-loaded]")).to_have_count(1)
        return Opened(page, url)

    return open_page


def test_the_sound_is_played_and_the_text_goes_along(opened: Callable[..., Opened]) -> None:
    page = opened().page
    first, second, third = (page.locator(".line").nth(number) for number in range(3))
    second.locator("p").click(position={"x": 30, "y": 10})
    expect(second).to_have_attribute("aria-current", "true")
    assert 5.0 <= page.evaluate("media.currentTime") < 8.0
    until(page, "!media.paused && media.currentTime > 5.2")
    assert page.evaluate("CSS.highlights.get('said-word').size") == 1
    assert page.evaluate("CSS.highlights.get('unsure-word').size") > 5
    page.keyboard.press("Space")
    until(page, "media.paused")
    assert "#t=" in page.url
    page.keyboard.press("]")
    assert page.evaluate("media.playbackRate") == 1.25
    page.keyboard.press("ArrowLeft")
    until(page, "media.currentTime < 4")
    expect(first).to_have_attribute("aria-current", "true")
    page.locator("#minutes").get_by_role("link", name="0:10").click()
    expect(third).to_have_attribute("aria-current", "true")
    page.goto(page.url.partition("#")[0] + "#t=15.5")
    page.reload()
    until(page, "Math.abs(media.currentTime - 15.5) < 0.2")
    expect(page.locator(".line").nth(3)).to_have_attribute("aria-current", "true")


def test_what_is_looked_for_is_counted_and_gone_through(opened: Callable[..., Opened]) -> None:
    page = opened().page
    page.get_by_label("Find in the transcript").fill("BUDGET")
    expect(page.locator("#found")).to_have_text("1 / 2")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_have_text("2 / 2")
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#found")).to_have_text("1 / 2")
    page.get_by_label("Find in the transcript").fill("nobody said this")
    expect(page.locator("#found")).to_have_text("nothing")


def test_without_javascript_there_are_the_sound_the_text_and_the_links(opened: Callable[..., Opened]) -> None:
    page = opened(javascript=False).page
    expect(page.locator("audio#media")).to_be_visible()
    page.locator("#minutes").get_by_role("link", name="0:10").click()
    expect(page.locator(".line:target")).to_contain_text("landlord by Friday")
