"""The page of a recording whose lines a test knows, opened in a browser."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

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
    deadline = time.monotonic() + 60
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
    visit: Callable[..., Any], server: RunningServer, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Opened]:
    """Open the page of a recording: its sound is a tone, its lines are SAID or those that a test gives."""
    tone = make_media(
        tmp_path_factory.mktemp("tone") / "tone.wav", "-f", "lavfi", "-i", "sine=f=300:r=16000:d=20"
    ).read_bytes()

    def open_page(
        segments: list[dict[str, Any]] | None = None, lasts_s: float = 20.0, **options: Any
    ) -> Opened:
        page = visit(**options).page
        page.set_input_files("#files", [{"name": "Budget.wav", "mimeType": "audio/wav", "buffer": tone}])
        if not options.get("javascript", True):
            page.get_by_role("button", name="Send").click()
        row = page.locator("#rows .is-done")
        expect(row).to_have_count(1)
        job_id = (row.get_attribute("id") or "").removeprefix("row-")
        results = server.folder / "results" / job_id
        transcript = json.loads((results / "transcript.json").read_text())
        transcript |= {"segments": segments or lines(), "language": "en", "duration_s": lasts_s}
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
