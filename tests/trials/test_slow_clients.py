"""However many clients of one address are slow, everybody else has his page, and the log is not flooded.

Short in every test run; as long and as many as docs say with `make trials`.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.visitor import Visitor
from tests.making import PICTURE, TONE, make_media
from tests.running import RunningServer
from tests.trials.slow_clients import LONG, bar_s, connect, dripping, head, p95_s
from tests.waiting import until

THREADS, CLIENTS, FOR_S = (160, 200, 60.0) if LONG else (40, 60, 3.0)

UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)
FORM = "Content-Type: multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
REFUSED = "a body that is refused"
KINDS = {
    "a head": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: ", b"x"),
    "a body": (head("/jobs/x/cancel"), b"x"),
    "a body with a forged session": (head("/jobs/x/cancel", "Cookie: session=" + "A" * 43), b"x"),
    "an upload to the API": (
        head("/encode_audio").replace(b"Content-Type: application/x-www-form-urlencoded", FORM.encode())
        + PART,
        b"x",
    ),
    REFUSED: (head("/jobs"), b"x"),
    "nothing": (b"", b""),
    "a silent WebSocket": (head("/ws/transcribe", *UPGRADE, method="GET"), b""),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("program")
    with RunningServer(folder, threads=THREADS, transcriber="pocketsphinx") as server:
        server.wait_until_ready()
        yield server


@pytest.mark.parametrize("kind", KINDS)
def test_slow_clients_hold_nobody_up(server: RunningServer, kind: str) -> None:
    quiet_page_s, quiet_health_s = p95_s(server, "/", 1), p95_s(server, "/health", 1)
    first, drip = KINDS[kind]
    logged = len(server.log)
    began = time.monotonic()
    with dripping(server, [first] * CLIENTS, drip):
        page_s, health_s = p95_s(server, "/", FOR_S), p95_s(server, "/health", FOR_S)
    lines = [line for line in server.log[logged:] if "path=/ " not in line]
    print(f"{kind}: page {page_s:.3f}, health {health_s:.3f} s, {len(lines)} lines")
    assert page_s < bar_s(0.3, quiet_page_s)
    assert health_s < bar_s(0.05, quiet_health_s)
    if kind != REFUSED:  # there each is answered, and each answer has its line
        assert len(lines) < 100 * max(1.0, (time.monotonic() - began) / 60)
    assert not [line for line in lines if "Traceback" in line]


@pytest.mark.slow
def test_who_stops_reading_a_download_loses_his_connection(server: RunningServer, tmp_path: Path) -> None:
    video = make_media(tmp_path / "video.mp4", *PICTURE, *TONE, "-shortest")
    with Visitor(server) as visitor, ExitStack() as readers:
        job_id = visitor.send(video)
        until(lambda: any((server.folder / "results").rglob("poster.jpg")))
        visitor.wait_for(job_id, "done", "failed")
        next((server.folder / "results").rglob("poster.jpg")).write_bytes(bytes(30 * 2**20))
        cookie = "; ".join(f"{one.name}={one.value}" for one in visitor.browser.cookies)
        asked = head(f"/jobs/{job_id}/poster.jpg", f"Cookie: {cookie}", method="GET")
        clients = [readers.enter_context(connect(server)) for _ in range(10)]
        for client in clients:
            client.sendall(asked)
            assert client.recv(15) == b"HTTP/1.1 200 OK"
        time.sleep(20)
        for client in clients:
            assert _rest(client) < 30 * 2**20


def _rest(client: socket.socket) -> int:
    """Return how many bytes were still on their way when the server closed."""
    n_bytes = 0
    while data := client.recv(2**20):
        n_bytes += len(data)
    return n_bytes
