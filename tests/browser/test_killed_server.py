"""A server that is killed in the middle of an upload: the page waits for it and sends only the rest.

Runs with `make trials`: two starts of the server and the pause of a retry take some 20 s on a busy machine.
"""

import contextlib
import os
import signal
import socket
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.long import LONG
from tests.making import make_media
from tests.running import RunningServer

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not LONG, reason="make trials")]


def free_port() -> int:
    """Return one that the system deals out to nobody by itself, so that it is free again after the kill."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


def test_an_upload_goes_on_when_a_killed_server_is_back(chromium: Browser, tmp_path: Path) -> None:
    silence = make_media(
        tmp_path / "Long.wav", "-f", "lavfi", "-i", "anullsrc=r=44100:cl=stereo:d=60"
    )  # 10.6 MB: two pieces
    home = tmp_path / "home"
    home.mkdir()
    with RunningServer(home, transcriber="pocketsphinx", port=free_port()) as server:
        server.wait_until_ready()
        context = chromium.new_context(service_workers="block")
        page = context.new_page()
        page.goto(server.url)
        pieces: list[str] = []

        def piece(route: Route) -> None:
            if route.request.method == "PATCH":
                pieces.append(route.request.headers["upload-offset"])
                if len(pieces) == 2:
                    server.stop(signal.SIGKILL)
            route.continue_()

        page.route("**/uploads/*", piece)
        page.set_input_files("#files", silence)
        expect(page.locator("#uploads [data-words]")).to_contain_text("The connection is lost")
        server.start()
        page.evaluate("window.dispatchEvent(new Event('online'))")  # else its next try may be 20 s away
        expect(page.locator("#rows .row-card")).to_have_count(1)
        expect(page.locator("#uploads li")).to_have_count(0)
        assert pieces[0] == "0"
        assert set(pieces[1:]) == {str(8 * 2**20)}, "what had arrived is not sent again"
        (sent,) = (
            path for path in (home / "uploads").rglob("*") if path.is_file() and path.stat().st_size > 2**20
        )
        assert sent.read_bytes() == silence.read_bytes()
        context.close()
