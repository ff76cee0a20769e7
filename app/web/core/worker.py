"""gunicorn's worker with threads, for `wsgi`: a thread gets a request only when its head has come.

Heads are read by the loop that accepts connections, which no client can hold; connections on which nothing is
said cost no thread. What nobody reads of a body is read on for a while after the answer, and then the
connection is closed.
"""

import contextlib
import errno
import fcntl
import socket
import sys
import termios
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.body import ChunkedReader
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.web.core.client_socket import RETRY_AFTER_S, ClientSocket
from app.web.core.head import AtOnce
from app.web.core.places import Places

HEAD_S = 20.0  # from the first byte, or from the connection, to the end of the head
HEAD_BYTES = 2**16  # beyond it a thread's parser says what is wrong with it
END_OF_HEAD = b"\r\n\r\n"
MOMENT_S = 0.02  # in which the body of a form comes behind its head, if it comes at once
END_OF_CHUNKS = b"0\r\n\r\n"
WHY = b"Too many slow connections are open at once. Please try again in a moment.\n"
NO_PLACE = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: %d\r\n"
    b"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (RETRY_AFTER_S, len(WHY), WHY)
)


class HeadFirstWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed
    """places: of requests for which a client is waited for; connections: open ones.

    at_once: answers a head, of a peer, without a thread; None for most.
    """

    places = Places(None, None)
    connections = Places(None, None)
    at_once: Callable[[bytes, str], AtOnce | None] = staticmethod(lambda _head, _peer: None)

    def accept(self, listener: Any) -> None:
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ECONNABORTED):
                return
            raise
        host = str(address[0])
        if not self.connections.take(host):
            accepted.close()
            return
        self.nr_conns += 1
        client = ClientSocket.of(accepted, host, self.places, self.connections)
        conn = TConn(self.cfg, client, address, listener.getsockname())
        self.poller.register(client, EVENT_READ, self._await_head(conn))

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """Read the next head of a connection that was kept open."""
        self.keepalived_conns.remove(conn)
        self.poller.modify(client, EVENT_READ, self._await_head(conn))
        self.on_pending_socket_readable(conn, client)

    def _await_head(self, conn: Any) -> Callable[[Any], None]:
        conn.head = bytearray()
        conn.timeout = time.monotonic() + HEAD_S  # gunicorn closes pending connections by it
        self.pending_conns.append(conn)
        return partial(self.on_pending_socket_readable, conn)

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        try:
            data = socket.socket.recv(client, HEAD_BYTES)  # it does not block here
        except BlockingIOError:
            return
        except OSError:
            data = b""
        seen = max(0, len(conn.head) - len(END_OF_HEAD))
        conn.head += data
        if data and conn.head.find(END_OF_HEAD, seen) < 0 and len(conn.head) < HEAD_BYTES:
            return
        self.pending_conns.remove(conn)
        found = self.at_once(bytes(conn.head), client.address) if data else (b"", False)
        if found is None:
            self.poller.unregister(client)
            conn.data_ready = True
            self.enqueue_req(conn)
        elif _is_sent(client, found[0]) and found[1]:
            conn.set_timeout()
            self.keepalived_conns.append(conn)
            self.poller.modify(client, EVENT_READ, partial(self.on_client_socket_readable, conn))
        else:
            self.poller.unregister(client)
            self.nr_conns -= 1
            conn.close()

    def murder_pending(self) -> None:
        """Close those whose time is over; at the end of the program, all that have said nothing whole."""
        for conn in () if self.alive else self.pending_conns:
            conn.timeout = 0.0
        super().murder_pending()

    def handle(self, conn: Any) -> Any:
        conn.sock.begin()
        try:
            conn.init()
            unreader, head = conn.parser.unreader, conn.head
            before, unreader.buf = unreader.buf.getvalue(), BytesIO()  # of a client that does not wait
            unreader.unread(before + head)
            return super().handle(conn)
        finally:
            conn.sock.leave_place()

    def handle_request(self, req: Any, conn: Any) -> Any:
        if not conn.sock.may_wait() and _is_still_coming(req, conn.sock):
            _refuse(conn.sock)  # without a page and its session: there may be hundreds of these
            return False
        wants_close = req.should_close
        req.should_close = lambda: wants_close() or _is_unread(req)  # asked when the answer's head is written
        goes_on = super().handle_request(req, conn)
        if not goes_on and _is_unread(req):
            conn.sock.linger()
        return goes_on


def _is_sent(client: socket.socket, answer: bytes) -> bool:
    """Send a short answer without waiting: one who reads nothing of many is let go."""
    try:
        return socket.socket.send(client, answer) == len(answer)
    except OSError:
        return False


def _refuse(client: ClientSocket) -> None:
    """Answer, and take what has come: a close over unread data would swallow the answer."""
    client.give_up()
    client.sendall(NO_PLACE)
    client.shutdown(socket.SHUT_WR)
    with contextlib.suppress(BlockingIOError):
        client.recv(HEAD_BYTES, socket.MSG_DONTWAIT)


def _is_still_coming(req: Any, client: socket.socket) -> bool:
    """Say whether some of the body has to be waited for."""
    reader = req.body.reader
    if isinstance(reader, ChunkedReader):
        return not req.unreader.buf.getvalue().endswith(END_OF_CHUNKS)
    missing: int = reader.length - len(req.unreader.buf.getvalue())
    if missing > _n_received(client):
        time.sleep(MOMENT_S)
    return missing > _n_received(client)


def _n_received(client: socket.socket) -> int:
    """Return how many bytes the kernel holds of what the client has sent."""
    return int.from_bytes(fcntl.ioctl(client, termios.FIONREAD, bytes(4)), sys.byteorder)


def _is_unread(req: Any) -> bool:
    reader = req.body.reader
    if isinstance(reader, ChunkedReader):
        return reader.parser is not None
    return bool(reader.length > 0)
