"""S3 over real HTTP: what comes back is what was put, and a bad server is an error to be tried again."""

import hashlib
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from app.errors import NotFound, StorageUnavailable
from app.storage.files import Storage
from app.storage.s3 import S3Bucket, S3Options

NAMES = [
    "results/1/minutes.json",
    "results/1/Совещание — протокол.docx",
    "a b+c&d=e?.txt",
    "uploads/2/source",
]


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def bucket(endpoint: str, scratch: Path, **more: Any) -> S3Bucket:
    options = S3Options("konspekt", endpoint, access_key="key", secret_key="secret", prefix="here", **more)
    return S3Bucket(options, scratch)


@pytest.fixture
def storage(s3_endpoint: str, tmp_path: Path) -> Storage:
    made = bucket(s3_endpoint, tmp_path / "scratch")
    requests.post(f"{s3_endpoint}/moto-api/reset", timeout=60)
    made.client.create_bucket(Bucket="konspekt")
    return made


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(bytes(range(256)) * 50)
    return path


@pytest.mark.parametrize("key", NAMES)
def test_what_was_put_comes_back(storage: Storage, source: Path, key: str) -> None:
    stored = storage.put(key, source)
    assert stored.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert stored.size_bytes == source.stat().st_size
    with storage.open(key) as file:
        assert file.read() == source.read_bytes()
    with storage.local_path(key, stored.sha256) as path:
        assert path.read_bytes() == source.read_bytes()


def test_a_second_put_replaces_the_first(storage: Storage, source: Path) -> None:
    storage.put("a", source)
    source.write_bytes(b"new")
    storage.put("a", source)
    with storage.open("a") as file:
        assert file.read() == b"new"


def test_what_is_deleted_is_gone_and_deleting_it_again_is_no_error(storage: Storage, source: Path) -> None:
    storage.put("a", source)
    storage.delete("a")
    storage.delete("a")
    with pytest.raises(NotFound):
        storage.open("a")
    with pytest.raises(NotFound), storage.local_path("a"):
        pass


def test_a_file_that_is_not_what_was_put_is_noticed(storage: Storage, source: Path) -> None:
    storage.put("a", source)
    with pytest.raises(NotFound, match="not the one"), storage.local_path("a", "0" * 64):
        pass


def test_a_presigned_address_opens_for_a_browser_under_its_own_name(
    s3_endpoint: str, tmp_path: Path, source: Path
) -> None:
    made = bucket(s3_endpoint, tmp_path)
    made.client.create_bucket(Bucket="konspekt")
    made.put("a", source)
    url = made.presign("a", "Протокол.docx")
    assert "X-Amz-Expires=300" in url
    answer = requests.get(url, timeout=60)
    assert answer.content == source.read_bytes()
    assert "%D0%9F" in answer.headers["Content-Disposition"]


def test_a_large_file_goes_in_parts(s3_endpoint: str, tmp_path: Path) -> None:
    made = bucket(s3_endpoint, tmp_path / "scratch")
    made.client.create_bucket(Bucket="konspekt")
    large = tmp_path / "large"
    large.write_bytes(b"sound" * 4_000_000)
    stored = made.put("large", large)
    with made.local_path("large", stored.sha256) as path:
        assert path.stat().st_size == 20_000_000


class BadServer(threading.Thread):
    """Accepts connections and treats each badly in the same way."""

    def __init__(self, manner: str) -> None:
        super().__init__(daemon=True)
        self.manner = manner
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.held: list[socket.socket] = []

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            if self.manner == "hang":
                self.held.append(connection)
                continue
            connection.recv(65536)
            if self.manner == "error":
                connection.sendall(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            if self.manner == "cut":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf")
            connection.close()

    def stop(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.held:
            connection.close()
        self.join(5)


@pytest.mark.parametrize("manner", ["hang", "error", "cut", "close", "refuse"])
def test_a_bad_server_is_an_error_that_can_be_tried_again(manner: str, tmp_path: Path, source: Path) -> None:
    server = BadServer(manner)
    server.start()
    if manner == "refuse":
        server.stop()
    made = bucket(server.endpoint, tmp_path / "scratch", read_timeout_s=0.3, attempts=1)
    with pytest.raises(StorageUnavailable):
        made.put("a", source)
    with pytest.raises(StorageUnavailable), made.local_path("a"):
        pass
    assert source.stat().st_size == 12800
    assert list((tmp_path / "scratch").iterdir()) == []
    if manner != "refuse":
        server.stop()
