"""What a visitor sees of a server that has no more room."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.running import RunningServer


def test_a_full_server_says_so_and_a_page_without_a_stream_still_moves(
    visit: Callable[..., Visit], long_speech: Path, tone: bytes, tmp_path: Path
) -> None:
    with RunningServer(tmp_path, transcriber="pocketsphinx", max_active_jobs=1, max_event_streams=1) as small:
        small.wait_until_ready()
        first = visit(small.url).page
        first.set_input_files("#files", long_speech)
        working = first.locator("#rows .is-running")
        expect(working).to_have_count(1)

        second = visit(small.url, locale="ru-RU").page
        second.set_input_files("#files", [{"name": "call.wav", "mimeType": "audio/wav", "buffer": tone}])
        waiting = second.locator("#uploads li")
        expect(waiting).to_contain_text("Очередь заполнена. Файл отправится сам")

        working.get_by_role("button", name="Cancel").click()
        expect(first.locator("#rows .is-cancelled")).to_have_count(1)  # once models are loaded
        expect(second.locator("#rows .is-done")).to_have_count(1)
        assert first.locator("#rows .row-card").count() == 1, "each sees his own"
