"""A real browser against the real program: Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import soundfile
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.opened import opened  # noqa: F401  a fixture
from tests.making import PICTURE, make_media
from tests.running import RunningServer
from tests.speech import MEETING, english

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
COUNT_VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation",
        (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Visit:
    """One visitor's browser window, and whatever went wrong in it."""

    page: Page
    wrongs: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.violations ?? []")
        return found


Launch = Callable[..., Browser]


@pytest.fixture(scope="session")
def launch() -> Iterator[Launch]:
    """Start a Chromium with further flags."""
    path = shutil.which("chromium")
    assert path, "install Debian's chromium"
    expect.set_options(timeout=60_000)  # a machine that also runs other tests is slow
    with sync_playwright() as playwright:
        yield lambda *flags: playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])


@pytest.fixture(scope="session")
def chromium(launch: Launch) -> Iterator[Browser]:
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(
        tmp_path_factory.mktemp("program"), transcriber="pocketsphinx", max_active_jobs=30
    ) as server:
        server.wait_until_ready()
        yield server


@pytest.fixture
def visit(chromium: Browser, server: RunningServer) -> Iterator[Callable[..., Visit]]:
    """Open the start page as a new visitor; nothing may go wrong in his window."""
    visits: list[Visit] = []

    def open_window(
        url: str = server.url,
        locale: str = "en-US",
        javascript: bool = True,
        dark: bool = False,
        worker: bool = False,
    ) -> Visit:
        context = chromium.new_context(
            locale=locale,
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            service_workers="allow" if worker else "block",
        )
        context.set_default_timeout(60_000)
        visit = Visit(context.new_page())
        visit.page.add_init_script(COUNT_VIOLATIONS)
        visit.page.on("pageerror", lambda error: visit.wrongs.append(str(error)))
        visit.page.on("dialog", lambda dialog: (visit.wrongs.append(dialog.message), dialog.dismiss()))
        visit.page.goto(url)
        visits.append(visit)
        return visit

    yield open_window
    for visit in visits:
        wrongs = visit.wrongs + ([] if visit.page.is_closed() else visit.violations())
        visit.page.context.close()
        assert not wrongs


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="session")
def video(folder: Path) -> Path:
    """A video in which a decision is made."""
    speech = english(" ".join(MEETING[1:3]))
    soundfile.write(folder / "speech.wav", speech.mono(), speech.sample_rate)
    return make_media(
        folder / "Совещание про офис.mp4", *PICTURE, "-i", str(folder / "speech.wav"), "-c:v", "libx264"
    )


@pytest.fixture(scope="session")
def tone(folder: Path) -> bytes:
    """A short recording in which nobody speaks: the whole way is short."""
    return make_media(folder / "tone.wav", "-f", "lavfi", "-i", "sine=f=440:r=16000:d=0.5").read_bytes()


@pytest.fixture(scope="session")
def long_speech(folder: Path) -> Path:
    """A recording that keeps the engine busy until somebody cancels it."""
    speech = english("I think the biggest risk is the delay of delivery from our supplier in Germany.")
    soundfile.write(folder / "sentence.wav", speech.mono(), speech.sample_rate)
    return make_media(folder / "long.wav", "-stream_loop", "60", "-i", str(folder / "sentence.wav"))
