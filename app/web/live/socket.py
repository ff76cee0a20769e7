"""The live socket: what comes waits in a bounded inbox, what goes is JSON, and closing makes no reset."""

import contextlib
import json
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum
from typing import Any

from flask_babel import gettext
from simple_websocket import ConnectionClosed

from app.live.events import Error, Event, Warn, to_dict
from app.web.core.client_socket import ClientSocket

MAX_MESSAGE_BYTES = 2**21
INBOX_MESSAGES = 64  # or MAX_MESSAGE_BYTES of them: more do not wait for the stream, the sender does
RECEIVE_BYTES = 2**19  # the kernel's receive buffer; left alone it grows, on some machines to 32 MiB
SEND_S = 5  # a client whose buffers stay full for so long loses its connection
LINGER_S = 2.0  # how long the server waits for the client's side of a close


class Close(IntEnum):
    """RFC 6455, section 7.4.1, and "try again later" of its registry."""

    NORMAL = 1000
    GOING_AWAY = 1001
    POLICY = 1008
    BROKEN = 1011
    TRY_AGAIN = 1013


class Inbox(list[Any]):
    """A list for simple-websocket to put messages in: when it is full, the sender waits.

    While somebody waits here no pong is read, so that none has come does not mean that he is gone.
    """

    def __init__(self, ws: Any) -> None:
        super().__init__()
        self._ws = ws
        self._size = 0  # bytes of its messages
        self._closed = False
        self._changed = threading.Condition()

    def append(self, message: Any) -> None:
        with self._changed:
            if not self._has_room(message):
                self._changed.wait_for(lambda: self._closed or self._has_room(message))
                self._ws.pong_received = True
            if self._closed:
                raise OSError("the stream is over")  # simple-websocket stops reading
            super().append(message)
            self._size += len(message)

    def pop(self, index: Any = -1) -> Any:
        with self._changed:
            message = super().pop(index)
            self._size -= len(message)
            self._changed.notify()
            return message

    def put_before(self, messages: list[Any]) -> None:
        """Put what came earlier before what is here, however much it is: it is in memory already."""
        with self._changed:
            self[:0] = messages
            self._size += sum(map(len, messages))

    def close(self) -> None:
        """Let nobody wait any more: nobody takes anything."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _has_room(self, message: Any) -> bool:
        return not self or (len(self) < INBOX_MESSAGES and self._size + len(message) <= MAX_MESSAGE_BYTES)


class Connection:
    """One client's socket. All that is known of simple-websocket's insides stands in this file."""

    def __init__(self, ws: Any) -> None:
        self._ws = ws
        self._inbox = Inbox(ws)
        early, ws.input_buffer = ws.input_buffer, self._inbox
        self._inbox.put_before(early)
        close = ws.close

        def close_once(*args: Any, **kwargs: Any) -> None:
            """Close it, or find that another thread has: its reader does so where no pong came."""
            with contextlib.suppress(ConnectionClosed):
                close(*args, **kwargs)

        ws.close = close_once

    @property
    def connected(self) -> bool:
        return bool(self._ws.connected)

    @property
    def has_messages(self) -> bool:
        return bool(self._inbox)

    def receive(self, timeout: float) -> str | bytes | None:
        """Return the next message; None: there was none in `timeout` seconds. Raises ConnectionClosed."""
        message: str | bytes | None = self._ws.receive(timeout=timeout)
        return message

    def send(self, event: Event) -> None:
        if isinstance(event, Error | Warn):
            event = replace(event, message=gettext(event.message))
        self._ws.send(json.dumps(to_dict(event), ensure_ascii=False))

    def close(self, code: Close, reason: str = "") -> None:
        self._ws.close(code, reason or None)

    def wake(self) -> None:
        """End `wait`. Any thread may call it."""
        self._ws.event.set()

    def wait(self, timeout: float) -> None:
        """Wait for a message, for the end of the connection, or for `wake`."""
        self._ws.event.wait(timeout)
        self._ws.event.clear()

    def check(self) -> None:
        """Raise ConnectionClosed if the client has gone."""
        if not self._ws.connected:
            raise ConnectionClosed(self._ws.close_reason, self._ws.close_message)


@contextlib.contextmanager
def connection(ws: Any) -> Iterator[Connection]:
    """Let the peer wait when it sends too fast, and lose its connection when it does not read.

    After it was closed, by whomever, read on until the peer has closed too: bytes left unread would make a
    reset of it.
    """
    client = Connection(ws)
    if isinstance(ws.sock, ClientSocket):
        ws.sock.pace = None  # pings and `live_idle_s` find out who has gone
    if sys.platform == "linux":
        ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_S, 0))
    rest = None if isinstance(ws.sock, ssl.SSLSocket) else ws.sock.dup()  # an SSL socket cannot be duplicated
    try:
        yield client
    finally:
        ws.input_buffer.close()
        if rest is not None:
            with rest:
                ws.connected = False
                ws.thread.join(LINGER_S)
                _read_on(rest)


def _read_on(rest: socket.socket) -> None:
    deadline = time.monotonic() + LINGER_S
    with contextlib.suppress(OSError):
        rest.shutdown(socket.SHUT_WR)
        rest.settimeout(LINGER_S)
        while time.monotonic() < deadline and rest.recv(2**16):
            pass


def is_end(message: object) -> bool:
    try:
        return isinstance(message, str) and json.loads(message).get("type") == "end"
    except (ValueError, AttributeError, RecursionError):
        return False
