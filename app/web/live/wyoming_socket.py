"""Wyoming's form of messages (rhasspy/wyoming): a line of JSON, then data and sound, as long as it says."""

import contextlib
import json
import selectors
import socket
import time
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from simple_websocket import ConnectionClosed

from app.errors import N_, BadInput
from app.live.events import Error, Event, Warn
from app.web.live.protocols.base import Close, LiveProtocol
from app.web.live.protocols.wyoming import WyomingMessage
from app.web.live.socket import MAX_MESSAGE_BYTES, SEND_S

MAX_LINE_BYTES = 2**16
RECEIVE_BYTES = 2**16
NOT_WYOMING = N_("This is no message of Wyoming.")


class WyomingConnection:
    """A client's TCP socket, with what `stream.run` asks of a connection. One thread reads and writes."""

    def __init__(self, sock: socket.socket) -> None:
        self.protocol: LiveProtocol
        self._sock = sock
        self._woken, self._wakes = socket.socketpair()
        self._woken.setblocking(False)
        self._buffer = bytearray()
        self._gone = False
        sock.settimeout(SEND_S)

    @property
    def connected(self) -> bool:
        return not self._gone

    @property
    def has_messages(self) -> bool:
        return self._length() is not None

    def receive(self, timeout: float) -> WyomingMessage | None:
        """Return the next message; None: none came whole in `timeout` seconds. Raises ConnectionClosed."""
        until = time.monotonic() + timeout
        while (length := self._length()) is None:
            # in all, not for each piece: a client that drips would hold its thread without end
            if not _readable(until - time.monotonic(), self._sock):
                return None
            received = self._sock.recv(RECEIVE_BYTES)
            if not received:
                self._gone = True
                self.check()
            self._buffer += received
        return self._taken(length)

    def say(self, message: WyomingMessage) -> None:
        data = json.dumps(message.data, ensure_ascii=False).encode()
        head = json.dumps({"type": message.type, "version": "1", "data_length": len(data)}).encode()
        self._sock.sendall(head + b"\n" + data)

    def send(self, event: Event) -> None:
        if isinstance(event, Error | Warn):
            event = replace(event, message=gettext(event.message))
        self.protocol.write(event)

    def refuse(self, error: Error, code: Close) -> None:
        self.send(error)

    def close(self, code: Close, reason: str = "") -> None:
        """Leave it to the server, which closes every connection in the same way."""

    def wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wakes.send(b"x", socket.MSG_DONTWAIT)

    def wait(self, timeout: float) -> None:
        if not self.has_messages:
            _readable(timeout, self._sock, self._woken)
        with contextlib.suppress(OSError):
            self._woken.recv(2**12)

    def check(self) -> None:
        if self._gone:
            raise ConnectionClosed()

    def shut(self) -> None:
        for sock in (self._woken, self._wakes, self._sock):
            sock.close()

    def _length(self) -> tuple[int, int, int] | None:
        """Return the lengths of a whole message's line, data and payload. Raises BadInput."""
        line = self._buffer.find(b"\n")
        if line < 0:
            if len(self._buffer) > MAX_LINE_BYTES:
                raise BadInput(NOT_WYOMING)
            return None
        head = _object(bytes(self._buffer[:line]))
        lengths = [head.get(name) or 0 for name in ("data_length", "payload_length")]
        if not all(isinstance(n, int) and 0 <= n <= MAX_MESSAGE_BYTES for n in lengths):
            raise BadInput(NOT_WYOMING)
        whole = line + 1 + sum(lengths)
        return (line + 1, lengths[0], lengths[1]) if len(self._buffer) >= whole else None

    def _taken(self, length: tuple[int, int, int]) -> WyomingMessage:
        line, data, payload = length
        message = bytes(self._buffer[: line + data + payload])
        del self._buffer[: line + data + payload]
        head = _object(message[:line])
        more = _object(message[line : line + data]) if data else {}
        said = head.get("data") or {}
        if not isinstance(said, dict):
            raise BadInput(NOT_WYOMING)
        return WyomingMessage(str(head.get("type")), {**said, **more}, message[line + data :])


def _readable(timeout: float, *sockets: socket.socket) -> bool:
    """Wait until one can be read. Not by select(), which knows no descriptors from 1,024 on."""
    with selectors.DefaultSelector() as selector:
        for sock in sockets:
            selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(max(0.0, timeout)))


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadInput(NOT_WYOMING)
    return found
