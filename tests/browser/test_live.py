"""The live page, with a microphone that hears a WAV."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import websocket
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.conftest import COUNT_VIOLATIONS, Launch, Visit
from tests.running import RunningServer
from tests.speech import english, joined, silence, word_error_rate

pytestmark = pytest.mark.slow

SENTENCES = ("The new office will open in September.", "The customer asked for a discount of ten percent.")
SLOW_MS = 90_000  # the sound comes as fast as it is spoken, and the machine may have other things to do
KEEP_CONTEXTS = """() => {
    window.contexts = [];
    window.AudioContext = class extends AudioContext {
        constructor(...options) { super(...options); window.contexts.push(this); }
        resume() { return this.asleep ? new Promise(() => {}) : super.resume(); }
        suspend() { this.asleep = true; return super.suspend(); }
    };
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("live")
    names = "localhost,notes.example"
    with RunningServer(folder, transcriber="pocketsphinx", max_live_streams=1, trusted_hosts=names) as server:
        server.wait_until_ready()
        yield server


@pytest.fixture(scope="module")
def hearing(launch: Launch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose microphone hears two sentences, then silence, from the moment it is opened."""
    path = tmp_path_factory.mktemp("microphone") / "speech.wav"
    pauses = silence(1.5)
    sound = joined(silence(0.5), english(SENTENCES[0]), pauses, english(SENTENCES[1]), pauses)
    soundfile.write(path, sound.mono(), sound.sample_rate, "PCM_16")
    browser = launch(
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}%noloop",
    )
    yield browser
    browser.close()


Open = Callable[..., Page]


COUNT_WAKE_LOCKS = """() => {
    window.awake = 0;
    const lock = { release() { window.awake -= 1; } };
    navigator.wakeLock.request = async () => { window.awake += 1; return lock; };
}"""


@pytest.fixture
def open_page(server: RunningServer) -> Iterator[Open]:
    """Open the live page; nothing may go wrong in it."""
    visits: list[Visit] = []

    def open_page(browser: Browser, locale: str = "en-US", url: str = server.url, **options: object) -> Page:
        context = browser.new_context(locale=locale, service_workers="block", **options)  # type: ignore[arg-type]
        page = context.new_page()
        visit = Visit(page)
        page.add_init_script(COUNT_VIOLATIONS)
        page.on("pageerror", lambda error: visit.wrongs.append(str(error)))
        page.goto(f"{url}/live")
        visits.append(visit)
        return page

    yield open_page
    for visit in visits:
        wrongs = visit.wrongs + visit.violations()
        visit.page.context.close()
        assert not wrongs


def start(page: Page) -> None:
    page.locator("#language").select_option("en")
    page.get_by_role("button", name="Start").click()


def holding_the_place(server: RunningServer) -> websocket.WebSocket:
    """Open the one stream that there may be, once the page of the test before has let go of it."""
    deadline = time.monotonic() + SLOW_MS / 1000
    while time.monotonic() < deadline:
        other = websocket.create_connection(
            server.url.replace("http", "ws") + "/ws/transcribe", timeout=60, suppress_origin=True
        )
        other.send("{}")
        if json.loads(other.recv())["type"] == "ready":
            return other
        other.close()
    raise AssertionError("the place is never free")


def text_of(page: Page) -> str:
    return " ".join(page.locator("#said [data-text]").all_inner_texts())


def test_what_may_change_is_shown_apart_until_it_stays(hearing: Browser, open_page: Open) -> None:
    """A slow machine leaves partials out, so here a script says them."""
    page = open_page(hearing)
    sockets: list[WebSocketRoute] = []

    def welcome(socket: WebSocketRoute) -> None:
        def hear(message: str | bytes) -> None:
            if isinstance(message, str):
                tell(type="ready", session="s", engine="an actor", language="en", recording=None)

        sockets.append(socket)
        socket.on_message(hear)

    def tell(**message: object) -> None:
        sockets[-1].send(json.dumps(message))

    page.route_web_socket("**/ws/transcribe", welcome)
    start(page)
    expect(page.locator("#state")).to_have_text("Listening", timeout=SLOW_MS)
    for text, settled in (("the", ""), ("the new of", "the new"), ("the new office will", "the new office")):
        tell(type="partial", start=1.0, end=2.0, text=text, settled=settled)
        expect(page.locator("#partial")).to_be_visible()
        expect(page.locator("#settled")).to_have_text(settled)
        expect(page.locator("#unsettled")).to_have_text(text.removeprefix(settled))
    final = {"start": 1.0, "end": 3.0, "text": "The new office.", "words": [], "language": "en"}
    tell(type="final", doubtful=False, heard=3.0, **final)
    expect(page.locator("#said p")).to_contain_text("The new office.")
    expect(page.locator("#partial")).to_be_hidden()


def test_who_finds_the_process_full_goes_on_at_another_of_the_same_site(
    hearing: Browser, open_page: Open
) -> None:
    page = open_page(hearing)
    hellos: list[tuple[str, bool]] = []

    def answer(socket: WebSocketRoute) -> None:
        def hear(message: str | bytes) -> None:
            if not isinstance(message, str):
                return
            path = "/" + socket.url.partition("://")[2].partition("/")[2]
            hellos.append((path, json.loads(message)["moved"]))
            if path == "/at/other/ws/transcribe":
                ready = {"session": "s", "engine": "an actor", "language": "en", "recording": None}
                socket.send(json.dumps({"type": "ready", **ready}))
                return
            elsewhere = ["wss://elsewhere.example/ws/transcribe", socket.url.replace("/ws/", "/at/other/ws/")]
            full = {"code": "server_full", "message": "Full.", "retry_after_s": 1, "elsewhere": elsewhere}
            socket.send(json.dumps({"type": "error", **full}))
            socket.close(code=1013, reason="Full.")

        socket.on_message(hear)

    page.route_web_socket("**/ws/transcribe", answer)
    start(page)
    expect(page.locator("#state")).to_have_text("Listening", timeout=SLOW_MS)
    assert hellos == [("/ws/transcribe", False), ("/at/other/ws/transcribe", True)]


SHARED = """() => {
    navigator.mediaDevices.getDisplayMedia = async () => {
        const context = new AudioContext(), out = context.createMediaStreamDestination();
        const tone = new OscillatorNode(context, { frequency: 1000 });
        const quiet = new GainNode(context, { gain: 0.2 });
        tone.connect(quiet).connect(out);
        tone.start();
        window.shared = out.stream.getAudioTracks()[0];
        if (window.soundless) out.stream.removeTrack(window.shared);
        return out.stream;
    };
}"""


def share_of_the_tone(sound: bytes) -> float:
    """Return how much of the power is a tone of 1000 Hz, 0..1."""
    samples = np.frombuffer(sound, "<i2").astype(np.float64)
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / 16000)
    return float(power[np.abs(hz - 1000) < 20].sum() / power.sum())


def test_the_sound_of_a_call_is_that_of_its_tab_and_of_the_microphone(
    hearing: Browser, open_page: Open
) -> None:
    page = open_page(hearing, locale="ru-RU")
    page.evaluate(SHARED)
    packets: list[bytes] = []

    def welcome(socket: WebSocketRoute) -> None:
        def hear(message: str | bytes) -> None:
            if isinstance(message, bytes):
                packets.append(message)
            else:
                socket.send(
                    json.dumps({"type": "ready", "session": "s", "engine": "an actor", "language": "en"})
                )

        socket.on_message(hear)

    def heard(seconds: int) -> bytes:
        while len(sound := b"".join(packets)) < seconds * 32_000:
            page.wait_for_timeout(50)
        return sound[: seconds * 32_000]

    page.route_web_socket("**/ws/transcribe", welcome)
    page.evaluate("window.soundless = true")
    page.get_by_label("Что слушать").select_option("both")
    expect(page.locator("#source-help")).to_contain_text("В наушниках")
    page.get_by_role("button", name="Начать").click()
    expect(page.locator("#trouble")).to_contain_text("не передаёт звук")
    page.evaluate("window.soundless = false")
    page.get_by_role("button", name="Начать").click()
    both = share_of_the_tone(heard(3))
    assert 0.02 < both < 0.98, "the tone and the speaker"
    page.evaluate("window.shared.stop(); window.shared.dispatchEvent(new Event('ended'))")
    expect(page.locator("#trouble")).to_contain_text("слышен только микрофон")
    expect(page.locator("#state")).to_contain_text("Слуша")


def test_what_is_said_settles_on_the_page_and_becomes_minutes(hearing: Browser, open_page: Open) -> None:
    page = open_page(hearing)
    page.evaluate(COUNT_WAKE_LOCKS)
    start(page)
    expect(page.locator("#said li")).to_have_count(2, timeout=SLOW_MS)
    assert page.evaluate("window.awake") == 1, "a phone that sleeps hears nothing"
    assert page.locator("#level i").last.evaluate("bar => bar.style.transform").startswith("scaleY(")
    page.get_by_role("button", name="Correct this line").first.click()
    with page.expect_response("**/lines") as kept:
        page.keyboard.type(" Really.")
        page.keyboard.press("Enter")
    assert kept.value.status == 204
    expect(page.get_by_role("button", name="Correct this line").first).to_be_focused()
    page.get_by_role("button", name="Stop").click()
    name = page.get_by_label("Name", exact=True)
    expect(page.get_by_role("button", name="Make minutes of it")).to_be_focused(timeout=SLOW_MS)
    assert page.evaluate("window.awake") == 0
    heard = text_of(page)
    assert word_error_rate(" ".join(SENTENCES), heard) < 0.5, heard
    with page.expect_download() as download:
        page.get_by_role("link", name="TXT").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert heard.split()[1] in text
    assert "Really." in text
    name.fill("Встреча о скидке")
    page.get_by_role("button", name="Make minutes of it").click()
    expect(page.locator('[data-state="done"]')).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name="Встреча о скидке")).to_be_visible()
    assert heard == " ".join(page.locator(".segments p").all_inner_texts())
    page.get_by_role("link", name="All recordings").click()
    expect(page.locator(".library-item.is-done", has_text="Встреча о скидке")).to_be_visible()


def test_a_lost_connection_loses_no_word(hearing: Browser, open_page: Open) -> None:
    page = open_page(hearing)
    start(page)
    expect(page.locator("#said li").first).to_be_visible(timeout=SLOW_MS)
    page.context.set_offline(True)
    expect(page.locator("#state")).to_contain_text("The connection is lost", timeout=SLOW_MS)
    page.context.set_offline(False)
    expect(page.locator("#said li")).to_have_count(2, timeout=SLOW_MS)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#after")).to_be_visible(timeout=SLOW_MS)
    assert word_error_rate(" ".join(SENTENCES), text_of(page)) < 0.5


def test_who_waits_in_line_is_told_his_place_and_loses_nothing_of_what_he_says_meanwhile(
    hearing: Browser, open_page: Open, server: RunningServer
) -> None:
    with contextlib.closing(holding_the_place(server)) as other:
        page = open_page(hearing, locale="ru-RU")
        page.locator("#language").select_option("en")
        page.get_by_role("button", name="Начать").click()
        expect(page.locator("#state")).to_contain_text("Вы в очереди под номером 1")
        other.send('{"type": "end"}')
        while json.loads(other.recv())["type"] != "end":
            pass
    expect(page.locator("#said li")).to_have_count(2, timeout=SLOW_MS)
    page.get_by_role("button", name="Остановить").click()
    expect(page.locator("#after")).to_be_visible(timeout=SLOW_MS)
    assert word_error_rate(" ".join(SENTENCES), text_of(page)) < 0.5


def test_a_stream_as_long_as_one_may_be_ends_with_all_its_words(
    hearing: Browser, open_page: Open, tmp_path: Path
) -> None:
    seconds = 8  # the second sentence is being spoken
    with RunningServer(
        tmp_path, transcriber="pocketsphinx", live_session_s=seconds, max_live_streams=1
    ) as short:
        short.wait_until_ready()
        page = open_page(hearing, url=short.url)
        start(page)
        expect(page.locator("#trouble")).to_contain_text("as long as one may", timeout=SLOW_MS)
        expect(page.locator("#after")).to_be_visible(timeout=SLOW_MS)
        assert "customer" in text_of(page)
        assert page.locator("#timer").inner_text() >= f"0:0{seconds}"


def test_a_server_that_takes_no_sound_is_not_waited_for(hearing: Browser, open_page: Open) -> None:
    page = open_page(hearing)
    page.route_web_socket("**/ws/transcribe", lambda socket: socket.close(code=1008, reason="origin or key"))
    start(page)
    expect(page.locator("#trouble")).to_contain_text("does not take the sound of this page")
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_a_microphone_that_stops_is_told_of_and_one_that_goes_away_ends_the_stream(
    hearing: Browser, open_page: Open
) -> None:
    page = open_page(hearing)
    page.evaluate(KEEP_CONTEXTS)
    start(page)
    expect(page.locator("#state")).to_have_text("Listening", timeout=SLOW_MS)
    expect(page.locator("#timer")).not_to_have_text("0:00", timeout=SLOW_MS)  # some of it is sent
    page.evaluate("window.contexts.at(-1).suspend()")
    expect(page.locator("#state")).to_contain_text("gives no sound any more")
    page.evaluate("window.contexts.at(-1).close()")
    expect(page.locator("#trouble")).to_contain_text("microphone has gone away")
    expect(page.locator("#after")).to_be_visible(timeout=SLOW_MS)


def test_a_page_without_https_says_why_there_is_no_microphone(launch: Launch, server: RunningServer) -> None:
    browser = launch("--host-resolver-rules=MAP notes.example 127.0.0.1")
    page = browser.new_page(locale="en-US")
    page.goto(server.url.replace("localhost", "notes.example") + "/live")
    expect(page.get_by_role("alert").first).to_contain_text("only to pages that come by HTTPS")
    expect(page.get_by_role("button", name="Start")).to_be_disabled()
    browser.close()


def test_a_forbidden_microphone_is_explained_and_may_be_asked_for_again(
    launch: Launch, open_page: Open
) -> None:
    browser = launch("--use-fake-device-for-media-stream")  # and nobody who would allow it
    page = open_page(browser)
    start(page)
    expect(page.locator("#trouble")).to_contain_text("The microphone is not allowed")
    expect(page.get_by_role("button", name="Start")).to_be_enabled()


def test_no_microphone_is_said_plainly(chromium: Browser, open_page: Open) -> None:
    page = open_page(chromium, locale="ru-RU", permissions=["microphone"])
    page.get_by_role("button", name="Начать").click()
    expect(page.locator("#trouble")).to_contain_text("Микрофон не найден")


def test_it_fits_a_phone_and_says_what_it_needs_without_javascript(
    chromium: Browser, open_page: Open
) -> None:
    page = open_page(chromium, locale="ru-RU", viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    bare = open_page(chromium, java_script_enabled=False)
    expect(bare.locator("main")).to_contain_text("needs JavaScript")
    expect(bare.get_by_role("button", name="Start")).to_be_hidden()
