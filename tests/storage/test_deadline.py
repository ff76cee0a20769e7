"""What drips is cut, whatever layer it drips in."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from app.errors import BadInput
from app.storage.deadline import Deadline
from app.storage.download import DownloadLimits, download
from app.storage.guard import AddressGuard
from tests.waiting import SOON_S

GUARD = AddressGuard(["127.0.0.0/8"])
DRIPS = {  # what is sent at once, and then byte by byte
    "status line": (b"", b"H"),
    "header": (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
    "body": (b"HTTP/1.1 200 OK\r\n\r\n", b"a"),
}


@pytest.fixture
def dripping(request: pytest.FixtureRequest) -> Iterator[int]:
    """Give the port of a server that sends something and then a byte every 20 ms."""
    at_once, then = request.param
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            with connection:
                try:
                    connection.sendall(at_once)
                    while not over.wait(0.02):
                        connection.sendall(then)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        over.set()
        thread.join()


@pytest.mark.parametrize("dripping", [(b"\x16\x03\x03\x40\x00", b"\x02")], indirect=True)
def test_a_handshake_that_drips_is_cut(dripping: int) -> None:
    began = time.monotonic()
    with Deadline(0.3) as deadline, pytest.raises(urllib3.exceptions.HTTPError):
        GUARD.pool(deadline).request("GET", f"https://127.0.0.1:{dripping}/", retries=False, timeout=5)
    assert 0.2 < time.monotonic() - began < SOON_S


@pytest.mark.parametrize("dripping", DRIPS.values(), ids=DRIPS, indirect=True)
def test_a_download_that_drips_ends_in_time_and_is_not_taken_for_whole(dripping: int, tmp_path: Path) -> None:
    limits = DownloadLimits(max_bytes=10**9, total_s=0.4, idle_s=5)
    began = time.monotonic()
    with pytest.raises(BadInput, match="too slow"):
        download(f"http://127.0.0.1:{dripping}/a.mp4", tmp_path / "a", limits, GUARD)
    assert time.monotonic() - began < SOON_S
    assert not (tmp_path / "a").exists()


def test_nothing_is_begun_when_the_time_is_over() -> None:
    with Deadline(0) as deadline, pytest.raises(urllib3.exceptions.TimeoutError):
        GUARD.pool(deadline).request("GET", "http://127.0.0.1:9/", retries=False)
