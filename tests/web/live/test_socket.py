"""The live socket's inbox, on a real simple-websocket."""

import inspect
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.metadata import version
from typing import Any

import pytest
import simple_websocket
from flask import Flask
from simple_websocket import ConnectionClosed
from simple_websocket.ws import Base
from websocket import ABNF

from app.live.events import Error, Lag
from app.web.live.protocols.base import Close
from app.web.live.socket import INBOX_MESSAGES, MAX_MESSAGE_BYTES, Connection, connection
from tests.waiting import until

HANDSHAKE = {
    "HTTP_HOST": "localhost",
    "HTTP_UPGRADE": "websocket",
    "HTTP_CONNECTION": "Upgrade",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
    "PATH_INFO": "/",
    "QUERY_STRING": "",
}


class Peer:
    """The client's side of the socket, which sends frames as they are."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def send(self, data: str | bytes) -> None:
        opcode = ABNF.OPCODE_TEXT if isinstance(data, str) else ABNF.OPCODE_BINARY
        self.sock.sendall(ABNF.create_frame(data, opcode).format())

    def read(self) -> bytes:
        """Return the payload of the next frame; a short one."""
        head = self.sock.recv(2)
        size = head[1] if head[1] < 126 else int.from_bytes(self.sock.recv(2), "big")
        return self.sock.recv(size, socket.MSG_WAITALL)


@pytest.fixture
def pair() -> Iterator[tuple[Any, Peer]]:
    """Give a simple-websocket after its handshake, and its peer."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    ws = simple_websocket.Server({**HANDSHAKE, "werkzeug.socket": ours}, max_message_size=MAX_MESSAGE_BYTES)
    while not theirs.recv(2**12).endswith(b"\r\n\r\n"):
        pass
    yield ws, Peer(theirs)
    theirs.close()
    ws.thread.join(5)


@pytest.fixture
def open_pair(pair: tuple[Any, Peer]) -> Iterator[tuple[Connection, Peer]]:
    ws, peer = pair
    with ExitStack() as stack:
        yield stack.enter_context(connection(ws)), peer
        peer.sock.close()


def test_a_client_that_went_before_it_was_served_is_no_bug(pair: tuple[Any, Peer]) -> None:
    ws, peer = pair
    peer.sock.close()
    ws.thread.join(10)
    assert ws.sock.fileno() == -1, "its reader has closed it"
    with pytest.raises(ConnectionClosed), connection(ws):
        pytest.fail("nobody is there to be served")


def test_simple_websocket_is_inside_as_it_was(pair: tuple[Any, Peer]) -> None:
    """An upgrade that fails here: read `app/web/live/socket.py` beside the new simple_websocket/ws.py."""
    ws, _ = pair
    told = f"simple-websocket {version('simple-websocket')} has changed inside"
    assert type(ws.input_buffer) is list, told
    assert isinstance(ws.event, threading.Event), told
    assert isinstance(ws.thread, threading.Thread), told
    assert isinstance(ws.sock, socket.socket), told
    assert (ws.connected, ws.pong_received) == (True, True), told
    for method, lines in {
        Base.receive: ("self.input_buffer.pop(0)", "not self.input_buffer", "self.event.clear()"),
        Base._handle_events: ("self.input_buffer.append(", "self.pong_received = True", "self.event.set()"),
        Base._thread: ("while self.connected:", "except (OSError", "self.sock.recv(self.receive_bytes)"),
    }.items():
        source = inspect.getsource(method)
        assert [line for line in lines if line not in source] == [], told


def test_messages_come_in_their_order_also_those_before_the_inbox(pair: tuple[Any, Peer]) -> None:
    ws, peer = pair
    peer.send("early")
    until(lambda: bool(ws.input_buffer))
    with connection(ws) as client:
        peer.send(b"later")
        assert client.receive(5) == "early"
        assert client.receive(5) == b"later"
        assert client.receive(0.01) is None
        peer.sock.close()


def test_a_fast_sender_waits_until_something_is_taken(open_pair: tuple[Connection, Peer]) -> None:
    client, peer = open_pair
    numbers = [str(number) for number in range(INBOX_MESSAGES + 20)]
    for number in numbers:
        peer.send(number)
    until(lambda: len(client._inbox) == INBOX_MESSAGES)
    time.sleep(0.1)  # for one too many to come in, if it could
    assert len(client._inbox) == INBOX_MESSAGES
    assert [client.receive(5) for _ in numbers] == numbers


def test_large_messages_wait_by_their_bytes(open_pair: tuple[Connection, Peer]) -> None:
    client, peer = open_pair
    large = bytes(MAX_MESSAGE_BYTES // 2 + 1)
    sender = threading.Thread(target=lambda: [peer.send(large) for _ in range(3)])
    sender.start()
    until(lambda: client.has_messages)
    for _ in range(3):
        assert len(client._inbox) <= 1
        assert client.receive(5) == large
    sender.join()


def test_an_event_is_json_in_the_words_of_the_visitor(app: Flask, open_pair: tuple[Connection, Peer]) -> None:
    client, peer = open_pair
    client.send(Lag(1.5))
    assert json.loads(peer.read()) == {"type": "lag", "seconds": 1.5}
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        client.send(Error("engine_failed", "Something went wrong. Try once more."))
    assert json.loads(peer.read())["message"].startswith("Что-то пошло не так")


def test_a_wait_ends_by_a_call_and_a_lost_client_is_noticed(open_pair: tuple[Connection, Peer]) -> None:
    client, peer = open_pair
    client.check()
    threading.Timer(0.05, client.wake).start()
    client.wait(30)
    peer.sock.close()
    until(lambda: not client.connected)
    with pytest.raises(ConnectionClosed):
        client.check()


def test_a_reader_that_closes_what_was_closed_just_before_raises_nothing(pair: tuple[Any, Peer]) -> None:
    ws, _ = pair
    client = Connection(ws)
    client.close(Close.POLICY)
    ws.close(reason=1008, message="Ping/Pong timeout")  # as simple-websocket does in a thread of its own
    assert not client.connected


def test_a_close_says_its_code(open_pair: tuple[Connection, Peer]) -> None:
    client, peer = open_pair
    client.close(Close.TRY_AGAIN, "full")
    assert peer.read() == (1013).to_bytes(2, "big") + b"full"
