"""A client's connection that waits for the client only so long, and only in one of few threads.

Apache's mod_reqtimeout and nginx bound in the same way how slowly a body may come.
"""

import contextlib
import errno
import select
import socket
import time
from typing import Any, Self

import structlog
from flask import request

from app.errors import N_, Overloaded
from app.web.core.places import Places

IDLE_S = 15  # without a byte in either direction
GRACE_S = 15.0  # that a client may be behind the lowest rate
LOWEST_BYTES_PER_S = 500  # mod_reqtimeout's MinRate
LINGER_S = 10.0  # how long what nobody wants is read, so that its sender hears the answer
LINGER_BYTES = 256 * 2**20
RETRY_AFTER_S = 15
_GONE = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR  # the first only Linux tells

log = structlog.get_logger(__name__)


class Pace:
    """How long a client may still be waited for: bytes earn time, waiting spends it."""

    def __init__(self, credit_s: float = GRACE_S, bytes_per_s: float = LOWEST_BYTES_PER_S) -> None:
        self._most_s = self.credit_s = credit_s
        self._bytes_per_s = bytes_per_s

    def earn(self, n_bytes: int) -> None:
        self.credit_s = min(self._most_s, self.credit_s + n_bytes / self._bytes_per_s)

    def spend(self, seconds: float) -> None:
        self.credit_s -= seconds


class ClientSocket(socket.socket):
    """What gunicorn reads a request from and writes its answer to.

    A request for which the client is waited for holds a place from then on, until it is answered: so a thread
    is always left for requests that nobody has to wait for. `pace` is None where somebody else keeps time.
    """

    address = ""  # of the client, behind whichever proxy is believed
    pace: Pace | None = None
    _peer = ""  # the other end of the connection
    _places: Places | None = None
    _connections: Places | None = None
    _place_of: str | None = None  # whose place it holds
    given_up = False  # it was too slow, or there was no place for it

    @classmethod
    def of(cls, accepted: socket.socket, address: str, places: Places, connections: Places) -> Self:
        """Take over an accepted socket, which `connections` counts until it is closed."""
        client = cls(fileno=accepted.detach())
        client.address = client._peer = address
        client._places, client._connections = places, connections
        return client

    def begin(self) -> None:
        """Start the clock of a request."""
        self.pace, self.given_up = Pace(), False

    def may_wait(self) -> bool:
        """Say whether there is a place for this request, if one is needed."""
        return self._place_of is not None or self._places is None or self._places.has_room(self.address)

    def keep_place(self) -> None:
        """Hold a place until the request is answered. Raises Overloaded."""
        if self._place_of is not None or self._places is None:
            return
        if not self._places.take(self.address):
            self.give_up()
            message = N_("Too many slow connections are open at once. Please try again in a moment.")
            raise Overloaded(message, RETRY_AFTER_S)
        self._place_of = self.address

    def has_left(self) -> bool:
        """Say whether the client ended the connection: nobody reads what would be computed for it."""
        watch = select.poll()
        watch.register(self, _GONE)
        return bool(watch.poll(0))

    def leave_place(self) -> None:
        if self._place_of is not None and self._places is not None:
            holder, self._place_of = self._place_of, None
            self._places.leave(holder)

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Read what is there, or wait for it. Raises TimeoutError, Overloaded."""
        while (pace := self.pace) is not None and not flags:
            with contextlib.suppress(BlockingIOError):
                data = super().recv(size, socket.MSG_DONTWAIT)
                pace.earn(len(data))
                return data
            self._wait(pace, select.POLLIN)
        return super().recv(size, flags)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Write all of it. Raises BrokenPipeError: the client does not read, or too slowly."""
        pace = self.pace
        if pace is None or flags or self.gettimeout() == 0:
            super().sendall(data, flags)
            return
        rest = memoryview(data)
        while rest:
            if self.pace is not pace:  # somebody else keeps time now
                super().sendall(rest)
                return
            try:
                sent = super().send(rest, socket.MSG_DONTWAIT)
            except BlockingIOError:
                try:
                    self._wait(pace, select.POLLOUT)
                except (TimeoutError, Overloaded) as error:
                    raise BrokenPipeError(errno.EPIPE, "the client reads too slowly") from error
            else:
                pace.earn(sent)
                rest = rest[sent:]

    def _wait(self, pace: Pace, event: int) -> None:
        self.keep_place()
        ready = select.poll()
        ready.register(self, event)
        began = time.monotonic()
        found = ready.poll(max(0.0, min(IDLE_S, pace.credit_s)) * 1000)
        pace.spend(time.monotonic() - began)
        if not found and self.pace is pace:  # a live stream takes it away while its reader waits
            self.give_up()
            raise TimeoutError("the client is too slow")

    def give_up(self) -> None:
        """Let the client go, and say so in the log now and then."""
        self.given_up = True
        if self._places is not None and self._places.may_tell():
            log.warning("slow clients are let go; this is said once a minute", address=self.address)

    def linger(self) -> None:
        """End the answer and read on for a while: a close over unread data would swallow the answer."""
        if self.given_up:
            return
        self.pace = Pace(LINGER_S, float("inf"))
        until, n_bytes = time.monotonic() + LINGER_S, 0
        with contextlib.suppress(OSError, Overloaded):
            self.shutdown(socket.SHUT_WR)
            while time.monotonic() < until and n_bytes < LINGER_BYTES and (data := self.recv(2**16)):
                n_bytes += len(data)

    def close(self) -> None:
        super().close()
        self.leave_place()
        if self._connections is not None:
            self._connections.leave(self._peer)
            self._connections = None


def present_client() -> ClientSocket | None:
    """Return the connection of the present request, where gunicorn serves."""
    found = request.environ.get("gunicorn.socket")
    return found if isinstance(found, ClientSocket) else None
