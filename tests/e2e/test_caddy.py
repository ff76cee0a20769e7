"""Behind Caddy with deploy/Caddyfile nothing is kept back: progress, live text, uploads and ranges."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import requests
import soundfile
import websocket

from tests.e2e.visitor import Visitor
from tests.running import TOP, RunningServer

CADDY = shutil.which("caddy")
WAIT_S = 30

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CADDY is None, reason="caddy is not installed (apt-get install caddy)"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("behind"), proxies=1) as running:
        running.wait_until_ready()
        yield running


@pytest.fixture(scope="module")
def site(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the door."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    behind = {"WEB_HOST": "127.0.0.1", "WEB_PORT": server.url.rpartition(":")[2], "SITE_ADDRESS": f":{port}"}
    home = str(tmp_path_factory.mktemp("caddy"))
    assert CADDY is not None
    command = [CADDY, "run", "--adapter", "caddyfile", "--config", str(TOP / "deploy/Caddyfile")]
    environment = {**os.environ, **behind, "HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as caddy:
        assert caddy.stderr is not None
        for line in caddy.stderr:
            if "serving initial configuration" in line:
                break
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            caddy.terminate()
            caddy.stderr.read()


def test_a_page_uploads_and_gets_its_events_at_once(server: RunningServer, site: str, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "meeting.wav", np.zeros(16_000), 16_000)
    door = SimpleNamespace(url=site, folder=server.folder, settings=server.settings)
    with Visitor(cast(RunningServer, door)) as visitor:
        visitor.browser.headers["Origin"] = (
            site  # as a browser says; the program compares it with its own name
        )
        visitor.send(tmp_path / "meeting.wav")
        with visitor.browser.get(f"{site}/events", stream=True, timeout=WAIT_S) as stream:
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            assert next(stream.iter_lines(chunk_size=1)).startswith(b"retry:"), "the stream is still open"


def test_a_live_stream_is_a_websocket(site: str) -> None:
    hello = {"sample_rate": 16_000, "channels": 1, "format": "s16le", "language": "en", "mode": "nonsense"}
    client = websocket.create_connection(
        site.replace("http", "ws") + "/ws/transcribe", timeout=WAIT_S, suppress_origin=True
    )
    client.send(json.dumps(hello))
    assert json.loads(client.recv())["type"] == "error"
    client.close()


def test_an_upload_is_passed_on_while_it_comes(server: RunningServer, site: str) -> None:
    host, _, port = site.removeprefix("http://").partition(":")
    head = (
        "POST /v1/audio/transcriptions HTTP/1.1",
        "Host: localhost",
        "Content-Type: multipart/form-data; boundary=b",
        f"Content-Length: {4 * 10**9}",
    )
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    incoming = server.folder / "uploads/incoming"
    with socket.create_connection((host, int(port)), timeout=WAIT_S) as client:
        client.sendall("\r\n".join((*head, "", "")).encode() + part + bytes(4_000_000))
        deadline = time.monotonic() + WAIT_S
        while received(incoming) < 3_000_000:
            assert time.monotonic() < deadline, f"{received(incoming)} of 4,000,000 bytes are through"
            time.sleep(0.05)


def received(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def test_a_range_is_answered_with_a_range(site: str) -> None:
    answer = requests.get(f"{site}/static/konspekt.css", headers={"Range": "bytes=2-11"}, timeout=WAIT_S)
    assert answer.status_code == 206
    assert len(answer.content) == 10
