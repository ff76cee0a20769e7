"""The port for clients of Wyoming: their messages over real sockets, heard by an engine that counts."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.live.hub import LiveHub
from app.web.core.context import konspekt
from app.web.core.rate_limits import RateLimits
from app.web.live.wyoming import WyomingServer
from app.web.live.wyoming_socket import WyomingConnection
from tests.live.acting import SILENCE, SPEECH, Counting

WAIT_S = 30
FORM = {"rate": 16_000, "width": 2, "channels": 1}


class Client:
    """Writes and reads messages as Wyoming's own library does."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
        self.file = self.sock.makefile("rb")

    def send(self, kind: str, data: dict[str, object] | None = None, payload: bytes = b"") -> None:
        more = json.dumps(data).encode() if data else b""
        head = {"type": kind, "version": "1.10.2"}
        head |= {"data_length": len(more)} if more else {}
        head |= {"payload_length": len(payload)} if payload else {}
        self.sock.sendall(json.dumps(head).encode() + b"\n" + more + payload)

    def read(self) -> tuple[str, dict[str, Any]] | None:
        """Return the next message, None at the end."""
        line = self.file.readline()
        if not line:
            return None
        head = json.loads(line)
        return head["type"], json.loads(self.file.read(head["data_length"]))


@pytest.fixture
def client(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Client]]:
    parts = konspekt(app)
    hub = LiveHub(Counting(), 3)
    monkeypatch.setattr(parts.live, "open", hub.open)
    monkeypatch.setattr(parts.live, "close", hub.close)
    server = WyomingServer(app, "127.0.0.1", 0)
    opened: list[Client] = []

    def connect() -> Client:
        opened.append(Client(server.port))
        server.run_once()
        return opened[-1]

    yield connect
    for one in opened:
        one.file.close()
        one.sock.close()
    hub.stop()
    server.close()


def pcm(sound: Any) -> bytes:
    return (sound * 32768).astype("<i2").tobytes()


def test_a_client_asks_what_hears_here_speaks_and_gets_its_text(client: Callable[[], Client]) -> None:
    home = client()
    home.send("describe")
    kind, info = home.read() or ("", {})
    [program] = info["asr"]
    assert kind == "info"
    assert program["installed"]
    assert "en" in program["models"][0]["languages"]
    home.send("ping", {"text": "x"})
    assert home.read() == ("pong", {"text": "x"})
    home.send("transcribe", {"language": "en"})
    home.send("audio-start", FORM)
    home.send("audio-chunk", FORM, pcm(SPEECH))
    home.send("audio-chunk", FORM, pcm(SILENCE))
    home.send("audio-stop")
    assert home.read() == ("transcript", {"text": "0", "language": "en"})
    assert home.read() is None


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([("audio-start", FORM | {"width": 4})], "bad_hello"),
        ([("audio-start", FORM | {"rate": 0})], "bad_hello"),
        ([("transcribe", {"language": "xx"})], "bad_hello"),
        ([("synthesize", {"text": "x"})], "bad_hello"),
        ([("audio-start", FORM), ("audio-chunk", FORM | {"rate": 8_000})], "bad_message"),
        ([("audio-start", FORM), ("synthesize", {})], "bad_message"),
    ],
)
def test_what_would_be_misread_is_refused(
    client: Callable[[], Client], messages: list[tuple[str, dict[str, object]]], code: str
) -> None:
    home = client()
    for kind, data in messages:
        home.send(kind, data)
    kind, told = home.read() or ("", {})
    assert (kind, told["code"]) == ("error", code)
    assert home.read() is None


@pytest.mark.parametrize(
    "line", [b"GET / HTTP/1.1\r\n", b"[]\n", b'{"type": "x", "payload_length": -1}\n', b"x" * 70_000]
)
def test_what_is_no_wyoming_is_refused(client: Callable[[], Client], line: bytes) -> None:
    home = client()
    home.sock.sendall(line)
    kind, told = home.read() or ("", {})
    assert (kind, told["code"]) == ("error", "bad_hello")


def test_who_drips_a_message_is_not_waited_for() -> None:
    """He holds one of few places, and his thread has to look at the clock and at the server's stop."""
    ours, theirs = socket.socketpair()
    with theirs:
        connection, waited = WyomingConnection(ours), threading.Event()

        def drip() -> None:
            while not waited.wait(0.01):
                theirs.sendall(b" ")

        dripping = threading.Thread(target=drip)
        dripping.start()
        giving_up = threading.Timer(20, waited.set)
        giving_up.start()
        assert connection.receive(timeout=0.1) is None
        assert not waited.is_set()
        giving_up.cancel()
        waited.set()
        dripping.join()
        connection.shut()


def test_no_client_beyond_the_places_is_kept(client: Callable[[], Client], monkeypatch: Any) -> None:
    monkeypatch.setattr(threading.BoundedSemaphore, "acquire", lambda *_, **__: False)
    assert client().read() is None


def test_who_opens_more_streams_than_the_limit_is_told_so(app: Flask, client: Callable[[], Client]) -> None:
    parts = konspekt(app)
    app.extensions["konspekt"] = replace(parts, rate_limits=RateLimits(parts.config, "1/hour"))
    for told in ("transcript", "error"):
        asking = client()
        asking.send("audio-start", FORM)
        asking.send("audio-stop")
        answer = asking.read()
        assert answer is not None
        assert answer[0] == told
    assert answer[1]["code"] == "too_many_requests"
