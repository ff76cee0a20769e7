"""What a person does on the pages, done by a person's means."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.opened import until
from tests.running import RunningServer

pytestmark = pytest.mark.slow

Visitor = Callable[..., Visit]

WICKED_NAMES = (
    "<img src=x onerror=alert(1)>.wav",
    "<script>alert(2)</script>.wav",
    '"><svg onload=alert(3)>.wav',
    "' autofocus onfocus=alert(4) x='.wav",
    "javascript:alert(5).wav",
    "{{ 7 * 7 }} ${7*7} %(name)s.wav",
    "</li></ol><iframe src=javascript:alert(6)>.wav",
    "data: forged event: close.wav",
)

DROP = """([name, base64, n]) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const carried = new DataTransfer();
    for (let i = 1; i <= n; i += 1) carried.items.add(new File([bytes], `${name} ${i}.wav`));
    for (const kind of ["dragenter", "dragover", "drop"])
        document.querySelector("main").dispatchEvent(
            new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried }));
}"""


def test_a_video_goes_in_and_its_minutes_come_out(visit: Visitor, video: Path) -> None:
    page = visit(locale="ru-RU").page
    expect(page.get_by_role("heading", name="Ваши записи")).to_be_visible()
    page.set_input_files("#files", video)

    row = page.locator("#rows .row-card")
    expect(row).to_have_attribute("data-state", "running")
    expect(row.locator("progress")).to_be_visible()
    expect(row).to_have_attribute("data-state", "done")
    expect(row.locator("h3")).to_have_text("Совещание про офис.mp4")
    expect(row).to_contain_text("PocketSphinx")
    expect(row).to_contain_text("удалится через 24 ч")
    expect(page.locator("#announcer")).to_have_text("Совещание про офис.mp4: Готово")
    poster = row.locator(".thumb img")
    assert poster.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100

    with page.expect_download() as waiting:
        row.get_by_role("link", name="Протокол, DOCX").click()
    assert waiting.value.suggested_filename == "Совещание про офис — minutes.docx"
    document = Document(str(waiting.value.path()))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "office" in text
    assert "rent" in text + cells

    page.reload()
    expect(row).to_have_attribute("data-state", "done")
    row.locator("h3 a").click()
    expect(page.get_by_role("heading", name="Расшифровка")).to_be_visible()
    page.locator("#results a.at").first.click()
    expect(page.locator(".line.is-said")).to_be_visible()


def test_ten_dropped_files_are_taken_and_the_eleventh_is_named(visit: Visitor, tone: bytes) -> None:
    page = visit().page
    page.evaluate(DROP, ["meeting", _base64(tone), 11])
    expect(page.locator("#notice")).to_contain_text("At most 10 files at once")
    expect(page.locator("#uploads")).to_have_text("", use_inner_text=True)  # else it says what was refused
    expect(page.locator("#rows .row-card")).to_have_count(10)
    expect(page.locator("#rows .is-done")).to_have_count(10)
    expect(page.locator("#summary")).to_have_text("10 done")


NOTE_WHAT_IS_SENT = """() => {
    window.sent = [];
    const ask = window.fetch;
    window.fetch = (where, options) => {
        if (options?.body) window.sent = [...options.body.entries()];
        return ask(where, options);
    };
}"""


def test_what_the_form_says_is_sent_with_the_file(visit: Visitor, tone: bytes) -> None:
    page = visit().page
    page.evaluate(NOTE_WHAT_IS_SENT)
    page.get_by_label("Make a vector of the sound").check()
    page.get_by_label("Names and terms to expect").fill("Anna Petrova, OKR")
    page.get_by_label("Language of the recording").select_option("en")
    page.set_input_files("#files", [{"name": "a.wav", "mimeType": "audio/wav", "buffer": tone}])
    row = page.locator("#rows .is-done")
    expect(row).to_have_count(1)
    sent = dict(page.evaluate("window.sent"))
    inputs = page.locator("#upload [name]:not([type=checkbox])").evaluate_all(
        "all => all.map(one => one.name)"
    )
    assert sent.keys() == {*inputs, "vectorize"} - {"files"}
    assert (sent["terms"], sent["language"]) == ("Anna Petrova, OKR", "en")
    page.reload()
    expect(page.get_by_label("Names and terms to expect")).to_have_value("Anna Petrova, OKR")
    expect(page.get_by_label("Make a vector of the sound")).to_be_checked()
    row.locator("h3 a").click()
    expect(page.get_by_role("link", name="Vector, JSON")).to_be_visible()


def test_a_file_that_is_no_recording_says_so_on_its_row_and_can_be_removed(visit: Visitor) -> None:
    page = visit(locale="ru-RU").page
    page.set_input_files(
        "#files",
        [
            {"name": "заметки.mp3", "mimeType": "audio/mpeg", "buffer": "это не звук".encode()},
            {"name": "пусто.mp3", "mimeType": "audio/mpeg", "buffer": b""},
        ],
    )
    rows = page.locator("#uploads .is-failed")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="заметки.mp3").get_by_role("alert")).to_contain_text(
        "Это не аудио и не видео"
    )
    expect(rows.filter(has_text="пусто.mp3").get_by_role("alert")).to_contain_text("Файл пуст")
    expect(page.get_by_role("button", name="Повторить")).to_have_count(0)
    page.get_by_role("button", name="Убрать").first.click()
    expect(rows).to_have_count(1)


def test_wicked_names_are_text_and_nothing_else(visit: Visitor, tone: bytes) -> None:
    page = visit().page
    files = [{"name": name, "mimeType": "audio/wav", "buffer": tone} for name in WICKED_NAMES]
    page.set_input_files("#files", files)
    expect(page.locator("#rows .is-done")).to_have_count(len(files))
    shown = set(page.locator("#rows h3").all_text_contents())
    assert shown == {name.rsplit("/", 1)[-1] for name in WICKED_NAMES}
    page.locator("#rows h3 a").first.click()
    expect(page.locator("#results")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Delete:").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("and everything made of it?")
    page.keyboard.press("Escape")
    expect(page.locator("#rows .is-done")).to_have_count(len(files))


def test_work_is_cancelled_tried_again_and_deleted_by_keyboard(visit: Visitor, long_speech: Path) -> None:
    page = visit().page
    page.set_input_files("#files", long_speech)
    row = page.locator("#rows .row-card")
    expect(row).to_have_attribute("data-stage", "transcribe")
    row.get_by_role("button", name="Cancel").press("Enter")
    expect(row).to_have_attribute("data-state", "cancelled")
    row.get_by_role("button", name="Try again").press("Enter")
    expect(row).to_have_attribute("data-state", "running")
    row.get_by_role("button", name="Cancel").press("Enter")
    expect(row).to_have_attribute("data-state", "cancelled")
    row.get_by_role("button", name="Delete").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Delete").press("Enter")
    expect(row).to_have_count(0)
    expect(page.locator("#empty")).to_contain_text("Nothing is left here.")


def test_a_hidden_tab_gives_its_stream_back_and_catches_up_when_it_is_looked_at(
    visit: Visitor, tone: bytes
) -> None:
    page = visit().page
    page.clock.install()
    page.add_init_script("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.reload()  # as in a tab that is opened behind the others
    until(page, "stream !== null")
    page.clock.run_for(16_000)
    assert page.evaluate("stream === null && polling > 0")
    look(page, hidden=False)
    until(page, "stream !== null")
    look(page, hidden=True)
    page.clock.run_for(16_000)
    assert page.evaluate("stream === null && polling > 0")
    assert page.request.post(
        page.url + "jobs",
        headers={"X-CSRFToken": page.get_attribute('meta[name="csrf-token"]', "content") or ""},
        multipart={"files": {"name": "late.wav", "mimeType": "audio/wav", "buffer": tone}},
    ).ok
    look(page, hidden=False)
    expect(page.locator("#rows .is-done")).to_have_count(1)


def test_the_id_of_a_recording_is_copied_from_its_card(visit: Visitor, tone: bytes) -> None:
    page = visit().page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_input_files("#files", {"name": "a.wav", "mimeType": "audio/wav", "buffer": tone})
    card = page.locator("#rows .row-card")
    expect(page.locator("#rows .is-done")).to_have_count(1)  # nothing else is announced from here on
    card.get_by_role("button", name="Copy the ID of “a.wav”").click()
    expect(page.locator("#announcer")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert card.get_attribute("id") == f"row-{copied}"


def test_a_page_that_gets_no_updates_offers_to_refresh_results(visit: Visitor, tone: bytes) -> None:
    page = visit().page
    refresh = page.get_by_role("button", name="Refresh results")
    expect(refresh).to_be_hidden()
    page.route("**/events", lambda route: route.abort())
    page.reload()
    expect(refresh).to_be_visible()
    assert page.evaluate("polling > 0")
    page.evaluate("pollEvery(3_600_000)")  # it would not ask by itself
    assert page.request.post(
        page.url + "jobs",
        headers={"X-CSRFToken": page.get_attribute('meta[name="csrf-token"]', "content") or ""},
        multipart={"files": {"name": "late.wav", "mimeType": "audio/wav", "buffer": tone}},
    ).ok
    refresh.click()
    expect(page.locator("#rows .row-card")).to_have_count(1)


def look(page: Page, hidden: bool) -> None:
    """Tell the page that it is, or is not, looked at; headless Chromium never hides a tab by itself."""
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_a_recording_deleted_on_its_own_page_says_so(visit: Visitor, tone: bytes) -> None:
    page = visit().page
    page.set_input_files("#files", [{"name": "call.wav", "mimeType": "audio/wav", "buffer": tone}])
    page.locator("#rows .is-done h3 a").click()
    page.wait_for_url("**/jobs/*")
    page.wait_for_load_state("load")  # without its script the button asks nothing
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="This recording has been deleted.")).to_be_visible()
    page.get_by_role("link", name="All recordings").click()
    expect(page.locator(".empty-library")).to_be_visible()


def test_a_transfer_is_cancelled_and_a_lost_connection_goes_on_by_itself(
    visit: Visitor, server: RunningServer, tone: bytes
) -> None:
    page = visit().page
    page.route("**/uploads/*", lambda route: None if route.request.method == "PATCH" else route.continue_())
    page.set_input_files("#files", [{"name": "call.wav", "mimeType": "audio/wav", "buffer": tone}])
    upload = page.locator("#uploads li")
    expect(upload).to_contain_text("Sending")
    expect(upload).to_contain_text("0:01")  # how long it is, before it has been sent
    upload.get_by_role("button", name="Cancel").click()
    expect(upload).to_have_count(0)

    page.unroute_all()
    page.route("**/uploads/*", lambda route: route.abort())
    page.set_input_files("#files", [{"name": "call.wav", "mimeType": "audio/wav", "buffer": tone}])
    expect(upload).to_contain_text("It goes on by itself")
    page.unroute_all()
    expect(page.locator("#rows .is-done")).to_have_count(1)
    expect(upload).to_have_count(0)


def test_a_proxy_that_takes_small_pieces_only_gets_small_ones(visit: Visitor, tone: bytes) -> None:
    page, sizes = visit().page, []

    def proxy(route: Route) -> None:
        size = len(route.request.post_data_buffer or b"")
        sizes.append(size)
        if size > 2**20:
            route.fulfill(status=413, content_type="text/html", body="<h1>413 Request Entity Too Large</h1>")
        else:
            route.continue_()

    page.route("**/uploads/*", proxy)
    long = tone[:40] + (2 * 10**6).to_bytes(4, "little") + bytes(2 * 10**6)  # a WAV's head says its length
    page.set_input_files("#files", [{"name": "call.wav", "mimeType": "audio/wav", "buffer": long}])
    expect(page.locator("#rows .row-card h3")).to_have_text("call.wav")
    assert max(sizes) > 2**20
    assert sum(size for size in sizes if size <= 2**20) == len(long)


def test_a_file_that_was_changed_after_it_was_picked_has_to_be_picked_again(
    visit: Visitor, tone: bytes, tmp_path: Path
) -> None:
    page = visit().page
    grown, emptied, deleted, moved, between = files = [
        tmp_path / f"{name}.wav" for name in ("grown", "emptied", "deleted", "moved", "between")
    ]
    for file in files:
        file.write_bytes(tone)
        os.utime(file, (1e9, 1e9))  # browsers compare whole seconds

    def change_before(route: Route) -> None:
        if deleted.exists():
            grown.write_bytes(tone * 2)
            emptied.write_bytes(b"")
            deleted.unlink()
            moved.rename(tmp_path / "other.wav")
        route.continue_()

    def change_meanwhile(route: Route) -> None:
        between.write_bytes(b"other")
        route.abort("connectionreset")

    page.route("**/jobs/room**", change_before)
    page.route("**/uploads/*", lambda r: change_meanwhile(r) if r.request.method == "PATCH" else r.fallback())
    page.set_input_files("#files", files)
    for file in files:
        row = page.locator("#uploads li").filter(has_text=file.name)
        expect(row).to_contain_text("Choose it again")
        expect(row.get_by_role("button", name="Try again")).to_be_hidden()


def test_a_file_goes_on_where_a_closed_page_has_stopped(visit: Visitor, tone: bytes, tmp_path: Path) -> None:
    page = visit().page
    file = tmp_path / "call.wav"
    file.write_bytes(tone[:40] + (9 * 10**6).to_bytes(4, "little") + bytes(9 * 10**6))

    def one_piece_only(route: Route) -> None:
        lost = int(route.request.headers.get("upload-offset", "0")) > 0
        route.abort() if lost else route.continue_()

    page.route("**/uploads/*", one_piece_only)
    page.set_input_files("#files", file)
    expect(page.locator("#uploads li")).to_contain_text("It goes on by itself")
    page.context.set_offline(True)  # a page that closes lets go of what is held back here
    page.close()

    again = page.context.new_page()
    again.context.set_offline(False)
    sent: list[str] = []
    again.on("request", lambda request: sent.append(request.headers.get("upload-offset", "")))
    again.goto(page.url)
    expect(again.locator("#cut-off")).to_contain_text("call.wav")
    again.set_input_files("#files", file)
    expect(again.locator("#rows .row-card h3")).to_have_text("call.wav")
    (at,) = (int(at) for at in sent if at)
    assert 8 * 2**20 <= at < file.stat().st_size  # what had come of the lost piece is not sent again either


def test_a_link_is_sent_by_its_enter_key_and_stays_where_it_is_refused(visit: Visitor) -> None:
    page = visit().page
    page.locator("#terms").fill("Konspekt")
    page.get_by_role("textbox", name="A link").fill("ftp://example.org/a.mp3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="http")).to_be_visible()
    expect(page.get_by_role("textbox", name="A link")).to_have_value("ftp://example.org/a.mp3")
    page.get_by_label("Help on this page").press("Enter")
    expect(page.get_by_role("heading", name="Send a recording")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Send a recording")).to_be_hidden()
    expect(page.get_by_label("Help on this page")).to_be_focused()


def test_the_page_works_without_javascript(visit: Visitor, tone: bytes) -> None:
    page = visit(javascript=False).page
    page.set_input_files("#files", [{"name": "call.wav", "mimeType": "audio/wav", "buffer": tone}])
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#rows h3")).to_have_text("call.wav")
    expect(page.locator("#rows .is-done")).to_have_count(1)  # by the page's own refresh
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#rows .row-card")).to_have_count(0)


def test_language_and_colours_are_the_visitors_choice(visit: Visitor) -> None:
    page = visit(dark=True).page
    html = page.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="Light or dark").click()
    page.get_by_role("link", name="Русский").click()
    expect(html).to_have_attribute("lang", "ru")
    expect(html).to_have_attribute("data-bs-theme", "light")
    page.get_by_role("link", name="English").click()
    expect(html).to_have_attribute("lang", "en")


def test_nothing_is_wider_than_the_screen(visit: Visitor, tone: bytes) -> None:
    page = visit(locale="ru-RU").page
    page.set_input_files("#files", [{"name": "x" * 150 + ".wav", "mimeType": "audio/wav", "buffer": tone}])
    expect(page.locator("#rows .is-done")).to_have_count(1)
    page.locator("details.more summary").click()
    for width in (320, 390, 768):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


BLOCKS_OVER_OTHERS = """() => {
    const blocks = [...document.querySelectorAll(".block")].slice(20, 60);
    const [top, bottom] = ["top", "bottom"].map((edge) => (box) => box.getBoundingClientRect()[edge]);
    const over = (block, n) => blocks[n + 1] && bottom(block.lastElementChild) > top(blocks[n + 1]) + 1;
    return blocks.filter(over).length;
}"""


def test_a_transcript_of_eight_hours_does_not_freeze_the_page(
    visit: Visitor, server: RunningServer, tone: bytes
) -> None:
    page = visit().page
    page.set_input_files("#files", [{"name": "day.wav", "mimeType": "audio/wav", "buffer": tone}])
    row = page.locator("#rows .is-done")
    expect(row).to_have_count(1)
    job_id = (row.get_attribute("id") or "").removeprefix("row-")
    path = server.folder / "results" / job_id / "transcript.json"
    transcript = json.loads(path.read_text())
    segment = {"text": "and so we talked on " * 9, "speaker": None, "words": [], "doubtful": False}
    transcript["segments"] = [{**segment, "start": 6.0 * i, "end": 6.0 * i + 5} for i in range(4500)]
    path.write_text(json.dumps(transcript))

    page.goto(f"{server.url}/jobs/{job_id}")
    expect(page.locator(".segments li")).to_have_count(4500)
    took_ms = page.evaluate("""async () => {
        const frame = () => new Promise(requestAnimationFrame);
        const ends = document.querySelectorAll(".segments li:first-child, .segments li:last-child");
        const times = [];
        for (let i = 0; i < 6; i += 1) {
            const before = performance.now();
            ends[i % 2].scrollIntoView();
            await frame(); await frame();
            times.push(performance.now() - before);
        }
        return Math.min(...times);
    }""")
    assert took_ms < 500, "the best of six, because other programs run here too"

    page.set_viewport_size({"width": 390, "height": 800})
    until(page, f"({BLOCKS_OVER_OTHERS})() === 0")


def _base64(content: bytes) -> str:
    from base64 import b64encode

    return b64encode(content).decode()
