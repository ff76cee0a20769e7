"""Clients that send or read as slowly as they like, and what others wait meanwhile."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import requests

from tests.running import RunningServer

LONG = bool(os.environ.get("KONSPEKT_TRIALS"))  # `make trials`: as many clients and as long as the bar says
DRIP_EVERY_S = 2.0


def connect(server: RunningServer) -> socket.socket:
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout=30)


def head(path: str, *lines: str, method: str = "POST", length: int = 10**6) -> bytes:
    """Write the head of a request whose body is still to come."""
    form = "Content-Type: application/x-www-form-urlencoded"
    body = (form, f"Content-Length: {length}") if method == "POST" else ()
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: localhost", *body, *lines, "", "")).encode()


@contextlib.contextmanager
def dripping(server: RunningServer, firsts: Sequence[bytes], drip: bytes = b"x") -> Iterator[None]:
    """Keep a connection for each of `firsts`: it says that at once, and then a byte now and then.

    One that the server closes is opened anew, as who means it would.
    """
    ended = threading.Event()
    clients = {number: _opened(server, first) for number, first in enumerate(firsts)}

    def go_on() -> None:
        while not ended.wait(DRIP_EVERY_S):
            for number, client in clients.items():
                try:
                    client.send(drip)
                except OSError:
                    client.close()
                    with contextlib.suppress(OSError):
                        clients[number] = _opened(server, firsts[number])

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for client in clients.values():
            client.close()


def _opened(server: RunningServer, first: bytes) -> socket.socket:
    client = connect(server)
    client.sendall(first)
    return client


def p95_s(server: RunningServer, path: str, for_s: float) -> float:
    """Ask for a page again and again as a stranger; return the seconds within which 95 % were answered."""
    seconds: list[float] = []
    until = time.monotonic() + for_s
    while time.monotonic() < until or len(seconds) < 5:
        began = time.monotonic()
        answer = requests.get(server.url + path, timeout=60)
        seconds.append(time.monotonic() - began)
        assert answer.status_code == 200, answer.text
        time.sleep(0.05)
    return sorted(seconds)[int(len(seconds) * 0.95)]


def bar_s(wanted_s: float, quiet_s: float) -> float:
    """Return what may be waited: what is wanted, or more on a machine that is slow with nobody else there.

    In the short form, which runs beside other tests, it is what tells a moment from a wait.
    """
    return max(wanted_s if LONG else 2.0, 3 * quiet_s)
