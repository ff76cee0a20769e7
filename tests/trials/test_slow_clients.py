"""However many clients of one address are slow, others have their pages, and the log is not flooded.

Short in every test run; with `make trials` as many and as long as docs/reliability.md says, with the figures.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psutil
import pytest

from tests.e2e.visitor import Visitor
from tests.long import LONG
from tests.making import PICTURE, TONE, make_media
from tests.running import RunningServer
from tests.trials.slow_clients import check, connect, dripping, head, watched
from tests.waiting import until

CLIENTS, FOR_S, QUIET_S = (200, 60.0, 5.0) if LONG else (60, 1.5, 0.3)
DOWNLOAD_BYTES = 30 * 2**20  # more than the kernel takes for a client that does not read

UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)
FORM = b"Content-Type: multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'


class Scene:
    """The program, and a visitor who has a recording with a large file."""

    def __init__(self, server: RunningServer, visitor: Visitor, job_id: str) -> None:
        self.server = server
        self.cookie = "Cookie: " + "; ".join(f"{one.name}={one.value}" for one in visitor.browser.cookies)
        self.job_id = job_id

    @property
    def download(self) -> bytes:
        return head(f"/jobs/{self.job_id}/poster.jpg", self.cookie, method="GET")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("program")
    video = make_media(folder / "video.mp4", *PICTURE, *TONE, "-shortest")
    few = {} if LONG else {"threads": 40}
    with RunningServer(folder, transcriber="pocketsphinx", **few) as server, Visitor(server) as visitor:
        server.wait_until_ready()
        job_id = visitor.send(video)
        until(lambda: any((folder / "results").rglob("poster.jpg")))
        visitor.wait_for(job_id, "done", "failed")
        next((folder / "results").rglob("poster.jpg")).write_bytes(bytes(DOWNLOAD_BYTES))
        yield Scene(server, visitor, job_id)


BODY = "/jobs/x/cancel"
KINDS: dict[str, Callable[[Scene], tuple[bytes, bytes]]] = {
    "a head that drips": lambda scene: (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: ", b"x"),
    "a body that drips, no session": lambda scene: (head(BODY), b"x"),
    "a body that drips, a forged session": lambda scene: (head(BODY, "Cookie: session=" + "A" * 43), b"x"),
    "a body that drips, a valid session": lambda scene: (head(BODY, scene.cookie), b"x"),
    "a body that drips, to the API": lambda scene: (
        head("/v1/audio/transcriptions").replace(b"Content-Type: application/x-www-form-urlencoded", FORM)
        + PART,
        b"x",
    ),
    "a download that is never read": lambda scene: (scene.download, b""),
    "events that are never read": lambda scene: (
        head("/events", scene.cookie, "Accept: text/event-stream", method="GET"),
        b"",
    ),
    "a silent WebSocket": lambda scene: (head("/ws/transcribe", *UPGRADE, method="GET"), b""),
    # beyond the nine
    "a body that drips and is refused": lambda scene: (head("/jobs"), b"x"),
    "a connection that says nothing": lambda scene: (b"", b""),
    "a request that is none": lambda scene: (b"\x16\x03\x01\r\n\r\n", b"x"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_slow_clients_hold_nobody_up(scene: Scene, kind: str) -> None:
    server = scene.server
    quiet = watched(server, QUIET_S)
    first, drip = KINDS[kind](scene)
    logged, began = len(server.log), time.monotonic()
    with dripping(server, [first] * CLIENTS, drip):
        meanwhile = watched(server, FOR_S)
    for_s = time.monotonic() - began
    after = watched(server, QUIET_S)
    lines = [line for line in server.log[logged:] if "path=/ " not in line]  # also of how they ended
    assert "Traceback" not in "".join(lines)
    check(kind, quiet, meanwhile, after, len(lines), for_s)


@pytest.mark.slow
def test_who_stops_reading_a_download_loses_his_connection(scene: Scene) -> None:
    with ExitStack() as readers:
        clients = [readers.enter_context(connect(scene.server)) for _ in range(10)]
        for client in clients:
            client.sendall(scene.download)
            assert client.recv(15) == b"HTTP/1.1 200 OK"
        ports = {client.getsockname()[1] for client in clients}
        until(lambda: not ports & peers(scene.server))
        for client in clients:
            n_bytes = 0
            while data := client.recv(2**20):
                n_bytes += len(data)
            assert n_bytes < DOWNLOAD_BYTES


def peers(server: RunningServer) -> set[int]:
    """Return the ports of those with whom the server holds a connection."""
    (worker,) = psutil.Process(server.process.pid).children()
    return {connection.raddr.port for connection in worker.net_connections("tcp") if connection.raddr}
