"""A deadline for a whole exchange over some sockets; a socket's own time-out starts anew with each byte."""

import socket
import threading
import time
from contextlib import suppress
from typing import Self


class Deadline:
    """Cuts the sockets that it watches when its time is over. Used in a `with`."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._twins: list[socket.socket] = []
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="konspekt-deadline", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._left.set()
        self._thread.join()
        for twin in self._twins:
            twin.close()

    @property
    def left_s(self) -> float:
        return max(0.0, self._until - time.monotonic())

    @property
    def over(self) -> bool:
        return self.left_s == 0.0

    def watch(self, connection: socket.socket) -> None:
        """Cut this one too. Raises TimeoutError where the time is over already."""
        with self._lock:
            if self.over:
                raise TimeoutError("the time is over")
            self._twins.append(connection.dup())  # TLS takes the socket itself out of our hands

    def _wait(self) -> None:
        if self._left.wait(self.left_s):
            return
        with self._lock:
            for twin in self._twins:
                with suppress(OSError):  # not connected yet, or not any more
                    twin.shutdown(socket.SHUT_RDWR)
