"""The live socket: what comes waits in a bounded inbox, what goes is JSON, and closing makes no reset."""

import contextlib
import json
import socket
import ssl
import struct
import sys
import threading
import time
from dataclasses import replace
from enum import IntEnum
from typing import Any

from flask_babel import gettext

from app.live.events import Error, Event, to_dict

MAX_MESSAGE_BYTES = 2**21
INBOX_MESSAGES = 64  # that wait between the socket and the stream; then the sender waits
INBOX_S = 60  # for which it waits at most
SEND_S = 5  # a peer that reads nothing for so long, its buffers full, loses its connection
LINGER_S = 2.0  # for which the server waits for the client's side of a close


class Close(IntEnum):
    """RFC 6455, section 7.4.1, and "try again later" of its registry."""

    NORMAL = 1000
    GOING_AWAY = 1001
    POLICY = 1008
    BROKEN = 1011
    TRY_AGAIN = 1013


class Inbox(list[Any]):
    """A list for simple-websocket to put messages in: when it is full, the sender waits."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()

    def append(self, message: Any) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self) < INBOX_MESSAGES, INBOX_S):
                raise OSError("the stream took nothing for too long")  # simple-websocket closes it
            super().append(message)

    def pop(self, index: Any = -1) -> Any:
        with self._changed:
            message = super().pop(index)
            self._changed.notify()
            return message

    def put_before(self, messages: list[Any]) -> None:
        """Put what came earlier before what is here, however much it is: it is in memory already."""
        with self._changed:
            self[:0] = messages


def bound(ws: Any) -> None:
    """Let the peer wait when it sends too fast, and lose its connection when it does not read."""
    early, ws.input_buffer = ws.input_buffer, Inbox()
    ws.input_buffer.put_before(early)
    if sys.platform == "linux":
        ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_S, 0))


def close(ws: Any, code: Close, message: str | None = None) -> None:
    """Close, and read on until the client has closed too: bytes left unread would make a reset of it."""
    if isinstance(ws.sock, ssl.SSLSocket):  # has no dup
        ws.close(code, message)
        return
    with ws.sock.dup() as rest:
        ws.close(code, message)
        ws.thread.join(LINGER_S)
        deadline = time.monotonic() + LINGER_S
        with contextlib.suppress(OSError):
            rest.shutdown(socket.SHUT_WR)
            rest.settimeout(LINGER_S)
            while time.monotonic() < deadline and rest.recv(2**16):
                pass


def is_end(message: object) -> bool:
    try:
        return isinstance(message, str) and json.loads(message).get("type") == "end"
    except (ValueError, AttributeError):
        return False


def send(ws: Any, event: Event) -> None:
    if isinstance(event, Error):
        event = replace(event, message=gettext(event.message))
    ws.send(json.dumps(to_dict(event), ensure_ascii=False))
