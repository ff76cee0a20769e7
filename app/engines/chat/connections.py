"""Connections that a cancelled job cuts while a thread still waits on them for a model server's answer."""

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Session


class Connections:
    """The connections of one call, so that they can be cut from outside while they wait for an answer."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    def session(self) -> "Session":
        import requests
        from requests.adapters import HTTPAdapter

        all_connections = self

        class Tracked(HTTPAdapter):
            def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
                pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
                connection: Any = pool.ConnectionCls

                class Connection(connection):  # type: ignore[misc]  # plain or TLS, as the pool has it
                    def connect(self) -> None:
                        super().connect()
                        all_connections.opened(self.sock)

                pool.ConnectionCls = Connection
                return pool

        session = requests.Session()
        session.mount("http://", Tracked())
        session.mount("https://", Tracked())
        return session

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._sockets.append(connection)
            if self.stopped.is_set():
                raise ConnectionAbortedError("cancelled")

    def stop(self) -> None:
        """Cut what still waits. A closed socket raises in the thread that reads from it."""
        with self._lock:
            self.stopped.set()
            for connection in self._sockets:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
