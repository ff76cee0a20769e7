"""The live socket: what comes waits in a bounded inbox, what goes is JSON, and closing makes no reset."""

import contextlib
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from simple_websocket import ConnectionClosed

from app.live.events import Error, Event, Warn
from app.web.core.client_socket import ClientSocket
from app.web.core.standing import Standing
from app.web.live.protocols.base import Close, LiveProtocol
from app.web.live.protocols.konspekt import KonspektProtocol

MAX_MESSAGE_BYTES = 2**21
INBOX_MESSAGES = 64  # or MAX_MESSAGE_BYTES of them: more do not wait for the stream, the sender does
RECEIVE_BYTES = 2**19  # the kernel's receive buffer; left alone it grows, on some machines to 32 MiB
SEND_S = 5  # a client whose buffers stay full for so long loses its connection
REASON_BYTES = 120  # of a close: a frame of control holds 125 with the code
LINGER_S = 2.0  # how long the server waits for the client's side of a close


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
    """One client's socket. All that is known of simple-websocket's insides stands in this file.

    protocol: how the client speaks, our own way where nobody says otherwise.
    """

    def __init__(self, ws: Any) -> None:
        self._ws = ws
        self.protocol: LiveProtocol = KonspektProtocol(self.say)
        self._standing = Standing()
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

    def say(self, message: str) -> None:
        """Send a message as it is."""
        self._ws.send(message)

    def send(self, event: Event) -> None:
        """Say an event, in the client's form."""
        if isinstance(event, Error | Warn):
            event = replace(event, message=gettext(event.message))
        self.protocol.write(event)

    def refuse(self, error: Error, code: Close) -> None:
        """Say why the stream ends, also as the reason of the close: some clients know no other form."""
        self.send(error)
        self.close(code, gettext(error.message))

    def close(self, code: Close, reason: str = "") -> None:
        short = reason.encode()[:REASON_BYTES].decode(errors="ignore")
        self._ws.close(code, short or None)

    def wake(self) -> None:
        """End `wait`. Any thread may call it."""
        self._ws.event.set()

    def wait(self, timeout: float) -> None:
        """Wait for a message, for the end of the connection, or for `wake`."""
        self._ws.event.wait(timeout)
        self._ws.event.clear()

    def check(self) -> None:
        """Raise ConnectionClosed if the client has gone, NotSignedIn if he may not go on."""
        self._standing.check()
        if not self._ws.connected:
            raise ConnectionClosed(self._ws.close_reason, self._ws.close_message)


@contextlib.contextmanager
def connection(ws: Any) -> Iterator[Connection]:
    """Let the peer wait when it sends too fast, and lose its connection when it does not read.

    After it was closed, by whomever, read on until the peer has closed too: bytes left unread would make a
    reset of it. Raises ConnectionClosed.
    """
    client = Connection(ws)
    if isinstance(ws.sock, ClientSocket):
        ws.sock.pace = None  # pings and `live_idle_s` find out who has gone
    try:
        if sys.platform == "linux":
            ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
            ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_S, 0))
        # an SSL socket cannot be duplicated
        rest = None if isinstance(ws.sock, ssl.SSLSocket) else ws.sock.dup()
    except OSError as error:  # the client went before it was served, and the reader has closed the socket
        raise ConnectionClosed from error
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
