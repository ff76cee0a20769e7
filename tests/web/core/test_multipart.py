"""What is received goes straight to the data disk, and is gone if nobody took it."""

import contextlib
import os
import shutil
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from app.errors import StorageFull, TooLarge
from app.web.core import multipart
from app.web.core.multipart import Part
from tests.e2e.visitor import Visitor
from tests.running import RunningServer
from tests.waiting import until

MB = 2**20
SENT_MB = int(os.environ.get("TEST_UPLOAD_MB", "200"))  # 2048 shows the same in a minute
BOUNDARY = "a-boundary"
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize(
    ("limit", "said"), [(4 * 10**9, "4.0 GB"), (25 * 10**6, "25 MB"), (1_500, "0.0015 MB")]
)
def test_a_limit_is_told_in_a_unit_in_which_it_is_something(limit: int, said: str) -> None:
    assert f"larger than {said}." in str(multipart.file_too_large(limit))


def part_head(name: str = "call.wav") -> bytes:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    ).encode()


def zeros(n_bytes: int) -> Iterator[bytes]:
    """Make the body of a form with one file of zeros, which no memory has to hold."""
    yield part_head()
    block = bytes(MB)
    for _ in range(n_bytes // MB):
        yield block
    yield TAIL


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("program")
    with RunningServer(folder, transcriber="pocketsphinx") as server, Visitor(server) as visitor:
        server.wait_until_ready()
        visitor.log_in()
        yield visitor


def headers(visitor: Visitor, length: int) -> dict[str, str]:
    return {
        "Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.browser.cookies),
        "X-CSRFToken": visitor._token,
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(length),
    }


def send(visitor: Visitor, n_mb: int) -> int:
    """Send a form; return the status of the answer."""
    length = len(part_head()) + n_mb * MB + len(TAIL)
    connection = HTTPConnection(urlsplit(visitor.server.url).netloc, timeout=600)
    connection.request("POST", "/jobs", zeros(n_mb * MB), headers(visitor, length))
    with contextlib.closing(connection), connection.getresponse() as answer:
        return answer.status


def test_a_large_upload_costs_less_than_50_mb_of_memory_and_no_second_copy(visitor: Visitor) -> None:
    send(visitor, 1)  # whatever the first upload imports
    worker = psutil.Process(visitor.server.process.pid).children()[0]
    before = worker.memory_info().rss
    assert send(visitor, SENT_MB) == 422, "zeros are no recording"
    status = Path(f"/proc/{worker.pid}/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
    print(f"{SENT_MB} MB: {(peak - before) / MB:.1f} MB of memory")
    assert peak - before < 50 * MB
    assert received(visitor) == []


def test_an_upload_that_breaks_off_leaves_nothing(visitor: Visitor) -> None:
    address = urlsplit(visitor.server.url)
    lines = [f"{name}: {value}" for name, value in headers(visitor, 64 * MB).items()]
    head = "\r\n".join(["POST /jobs HTTP/1.1", f"Host: {address.netloc}", *lines, "", ""])
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(head.encode() + part_head() + bytes(8 * MB))
        until(lambda: len(received(visitor)) == 1)
    until(lambda: received(visitor) == [])


def received(visitor: Visitor) -> list[Path]:
    folder = visitor.server.folder / "uploads" / "incoming"
    return list(folder.iterdir()) if folder.exists() else []


def test_a_file_is_stopped_at_the_byte_where_it_becomes_too_large(tmp_path: Path) -> None:
    part = Part(tmp_path, max_bytes=100, disk_reserve_bytes=0)
    part.write(bytes(100))
    with pytest.raises(TooLarge):
        part.write(b"x")
    part.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_stopped_before_the_disk_is_full(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    part = Part(tmp_path, max_bytes=10**12, disk_reserve_bytes=free + 10**9)
    with pytest.raises(StorageFull):
        part.write(bytes(multipart.CHECK_EVERY_BYTES))
    part.discard()


def test_what_was_taken_is_not_discarded(tmp_path: Path) -> None:
    part = Part(tmp_path / "incoming", max_bytes=100, disk_reserve_bytes=0)
    part.write(b"sound")
    part.close()
    part.path.replace(tmp_path / "source")
    part.discard()
    assert (tmp_path / "source").read_bytes() == b"sound"
