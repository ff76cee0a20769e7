"""Heads take no thread until they are whole, and what nobody read of a body spoils no later answer."""

import contextlib
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from app.web.core.worker import HEAD_S, _is_sent
from tests.running import RunningServer
from tests.trials.slow_clients import DRIP_EVERY_S, connect, dripping, head
from tests.waiting import until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(
        tmp_path_factory.mktemp("program"), threads=8, max_connections_per_address=80
    ) as server:
        server.wait_until_ready()
        yield server


HALF = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: "


def test_silent_and_dripping_heads_take_no_thread(server: RunningServer) -> None:
    with dripping(server, [HALF, b""] * 20):
        began = time.monotonic()
        assert server.get("/ready").status_code == 200
        assert server.get("/health").status_code == 200
    assert time.monotonic() - began < HEAD_S / 2, "no head was given up before"
    assert not [line for line in server.log if "Traceback" in line]


def test_a_head_in_pieces_is_read(server: RunningServer) -> None:
    with connect(server) as client:
        for piece in (b"GET /hea", b"lth HTTP/1.1\r\nHost: localhost\r\n", b"\r", b"\n"):
            client.sendall(piece)
            time.sleep(0.05)
        assert client.recv(15) == b"HTTP/1.1 200 OK"


def test_a_connection_is_kept_and_takes_one_request_after_another(server: RunningServer) -> None:
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    with contextlib.closing(connection):
        for path, status in [("/health", "ok"), ("/health", "ok"), ("/ready", "ready"), ("/health", "ok")]:
            connection.request("GET", path)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b'{"status":"%s"}\n' % status.encode())
            assert answer.headers["Connection"] == "keep-alive"


def test_who_takes_no_answer_is_not_waited_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        answer = bytes(700)
        while _is_sent(ours, answer):
            pass
        theirs.close()
        assert not _is_sent(ours, answer)


@pytest.mark.parametrize("path", ["/encode_audio", "/api/vectors", "/nothing"])
def test_a_connection_with_an_unread_body_is_closed_and_says_so(server: RunningServer, path: str) -> None:
    with connect(server) as client:
        client.sendall(
            head(path, length=300_000).replace(b"application/x-www-form-urlencoded", b"text/plain")
        )
        client.sendall(bytes(300_000))
        answer = HTTPResponse(client)
        answer.begin()
        assert answer.status >= 400
        assert answer.headers["Connection"] == "close"
        answer.read()
        assert client.recv(1) == b""


def test_a_body_for_which_there_is_no_place_is_refused_and_one_that_is_there_is_taken(tmp_path: Path) -> None:
    def answer_to(request: bytes) -> int | None:
        with connect(server) as client:
            client.settimeout(2)
            client.sendall(request)
            answer = HTTPResponse(client)
            try:
                answer.begin()
            except OSError:  # it is waited for: nobody else has the place at this moment
                answer.close()  # it holds the connection, too
            else:
                assert answer.status != 503 or answer.headers["Retry-After"] == "15"
                return answer.status
        time.sleep(1.5 * DRIP_EVERY_S)  # the other comes again, and finds it free
        return None

    coming = head("/encode_audio") + b"1"
    chunks = coming.replace(b"Content-Length: 1000000", b"Transfer-Encoding: chunked")
    with RunningServer(tmp_path, threads=8, max_slow_per_address=1) as server:
        server.wait_until_ready()
        with dripping(server, [coming]):
            until(lambda: answer_to(coming) == 503)
            until(lambda: answer_to(chunks) == 503)
            assert answer_to(head("/encode_audio", length=9) + b"a=b&c=d&e") == 400
            assert server.get("/").status_code == 200
        assert "Traceback" not in "".join(server.log)


def test_one_address_has_only_so_many_connections(server: RunningServer) -> None:
    with contextlib.ExitStack() as open_ones:
        clients = [open_ones.enter_context(connect(server)) for _ in range(85)]
        for client in clients:
            client.setblocking(False)

        def n_closed() -> int:
            return sum(is_closed(client) for client in clients)

        until(lambda: n_closed() >= 4)
        assert n_closed() <= 10
    until(lambda: is_well(server))


def is_closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def is_well(server: RunningServer) -> bool:
    try:
        return server.get("/health").status_code == 200
    except requests.ConnectionError:  # the connections before it are still counted
        return False
