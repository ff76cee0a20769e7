"""How the page of three hours and 5,000 lines behaves: opened, scrolled, sought in, searched, corrected.

Chromium against the real server, both on this machine. What a person does is done by real events of mouse and
keyboard; a time ends when the browser has painted what came of it.
"""

import random
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.figure import Figure
from tests.browser.conftest import FLAGS
from tests.browser.long_recording import LASTS_S, put_long_recording
from tests.making import make_media
from tests.running import RunningServer

TAKES_MIN = 3
N_TIMES = 60
PAINTED = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
WATCH = """
    window.tasks = [];
    window.inputs = [];
    new PerformanceObserver((seen) => window.tasks.push(...seen.getEntries().map((task) => task.duration)))
        .observe({ type: "longtask", buffered: true });
    new PerformanceObserver((seen) => window.inputs.push(...seen.getEntries().map((input) => input.duration)))
        .observe({ type: "event", durationThreshold: 16, buffered: true });
    new MutationObserver(() => {
        window.readyAt ??= document.querySelector(".lines[data-loaded]") && performance.now();
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-loaded"] });
"""


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made)
        with RunningServer(folder, transcriber="pocketsphinx", log_level="WARNING") as server:
            server.wait_until_ready()
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=[*FLAGS, "--enable-precise-memory-info"]
            )
            try:
                yield from _figures(_open(browser, server))
            finally:
                browser.close()


def _open(browser: Browser, server: RunningServer) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(WATCH)
    page.goto(server.url)
    tone = make_media(server.folder / "tone.wav", "-f", "lavfi", "-i", "sine=f=300:r=16000:d=1")
    page.set_input_files(
        "#files", [{"name": "Long.wav", "mimeType": "audio/wav", "buffer": tone.read_bytes()}]
    )
    row = page.locator("#rows .is-done")
    row.wait_for(timeout=60_000)
    job_id = (row.get_attribute("id") or "").removeprefix("row-")
    put_long_recording(server.folder / "results" / job_id)
    page.goto(f"{server.url}/jobs/{job_id}")
    page.goto(f"{server.url}/jobs/{job_id}")  # styles and scripts are known by then, as to whoever comes back
    page.locator(".lines[data-loaded]").wait_for(timeout=60_000)
    return page


def _figures(page: Page) -> Iterator[Figure]:
    shown = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    yield Figure("page shown", shown, " ms", at_most=1000)
    yield Figure(
        "page of 5,000 lines and the words in sight", page.evaluate("window.readyAt"), " ms", at_most=1000
    )
    yield Figure("words of a place that was not in sight", _words_elsewhere(page), " ms", at_most=1000)
    page.wait_for_timeout(1000)
    chance = random.Random(17)
    tools = page.context.new_cdp_session(page)
    _stay_busy(page, chance)
    before = _heap_mb(tools)

    places = [chance.random() for _ in range(N_TIMES)]
    scrolls = [_timed(page, f"scrollTo(0, {place} * document.body.scrollHeight)") for place in places]
    yield from _spread("scroll anywhere", scrolls)
    page.evaluate("inputs.length = tasks.length = 0")
    for _ in range(N_TIMES):
        page.mouse.move(900, 700)
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(30)
    yield Figure("scroll by the wheel, longest task", _longest(page, "tasks"), " ms", at_most=100)

    yield from _spread("seek", [_timed(page, f"media.currentTime = {place * LASTS_S}") for place in places])
    page.evaluate("inputs.length = tasks.length = 0")
    for place in places:
        _click_wave(page, place)
    yield Figure("seek by the mouse, slowest", _longest(page, "inputs"), " ms", at_most=100)
    page.locator("#follow").click()
    page.evaluate("media.play()")
    page.evaluate("inputs.length = tasks.length = 0")
    for place in places:
        _click_wave(page, place)
    yield Figure("seek while it plays and follows, slowest", _longest(page, "inputs"), " ms", at_most=100)
    page.evaluate("media.pause()")

    page.evaluate("inputs.length = tasks.length = 0")
    page.locator("#find").fill("")
    page.locator("#find").press_sequentially("supplier", delay=60)
    page.wait_for_timeout(500)
    yield Figure("typing into the search, slowest", _longest(page, "inputs"), " ms", at_most=100)
    yield Figure("search, longest task", _longest(page, "tasks"), " ms", at_most=100)
    page.locator("#find").fill("")

    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    page.locator("#correct").click()
    page.mouse.click(900, 600)
    page.evaluate("inputs.length = tasks.length = 0")
    for _ in range(5):
        page.keyboard.type(" words that were not heard", delay=30)
        page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    yield Figure("typing into lines, slowest", _longest(page, "inputs"), " ms", at_most=100)
    page.keyboard.press("Escape")
    _stay_busy(page, chance)
    yield Figure("memory after all that over before", _heap_mb(tools) - before, " MB", at_most=5)


def _stay_busy(page: Page, chance: random.Random) -> None:
    """Scroll and seek for a while."""
    for _ in range(N_TIMES):
        place = chance.random()
        _timed(
            page, f"scrollTo(0, {place} * document.body.scrollHeight); media.currentTime = {place * LASTS_S}"
        )


def _words_elsewhere(page: Page) -> float:
    """Go to a place and tell when its word is marked."""
    moment = 0.7 * LASTS_S
    said = (
        "[...CSS.highlights.get('said-word')][0]?.startContainer.parentElement.closest('.line').dataset.start"
    )
    took: float = page.evaluate(
        f"(async () => {{ const from = performance.now(); media.currentTime = {moment};"
        f" while (!(Number({said}) > {moment - 60})) await {PAINTED};"
        " return performance.now() - from; })()"
    )
    return took


def _click_wave(page: Page, place: float) -> None:
    wave: Any = page.locator("#wave").bounding_box()
    page.mouse.click(wave["x"] + place * (wave["width"] - 2), wave["y"] + wave["height"] / 2)
    page.wait_for_timeout(60)


def _timed(page: Page, act: str) -> float:
    took: float = page.evaluate(
        f"(async () => {{ const from = performance.now(); {act}; await {PAINTED};"
        " return performance.now() - from; })()"
    )
    return took


def _spread(what: str, times_ms: list[float]) -> Iterator[Figure]:
    yield Figure(f"{what}, median", statistics.median(times_ms), " ms")
    yield Figure(f"{what}, slowest", max(times_ms), " ms", at_most=100)


def _longest(page: Page, kind: str) -> float:
    page.wait_for_timeout(200)
    return float(page.evaluate(f"Math.max(0, ...{kind})"))


def _heap_mb(tools: CDPSession) -> float:
    tools.send("HeapProfiler.collectGarbage")
    tools.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    return float(metrics["JSHeapUsedSize"]) / 2**20
