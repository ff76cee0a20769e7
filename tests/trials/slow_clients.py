"""Clients that send or read as slowly as they like, and what others wait meanwhile."""

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

from tests.long import LONG
from tests.running import RunningServer

DRIP_EVERY_S = 2.0
PROBE_EVERY_S = 0.05
PAGE_S, HEALTH_S, LOG_LINES_A_MINUTE = 0.3, 0.05, 100  # the bar


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
    """Keep a connection for each of `firsts`: it says that at once, and then `drip` now and then.

    None reads. One that the server closes is opened anew, as who means it would.
    """
    ended = threading.Event()
    clients = {number: _opened(server, first) for number, first in enumerate(firsts)}

    def go_on() -> None:
        while not ended.wait(DRIP_EVERY_S):
            for number, client in clients.items():
                try:
                    if _is_closed(client):
                        raise ConnectionResetError
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


def _is_closed(client: socket.socket) -> bool:
    """Say whether the server has ended it, whatever is still to be read."""
    ended = select.poll()
    ended.register(client, select.POLLRDHUP)
    return bool(ended.poll(0))


@dataclass
class Watch:
    """What a stranger waits for a page and for /health, again and again, each measured beside the other."""

    server: RunningServer
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"/": [], "/health": []})

    def run(self, for_s: float) -> None:
        threads = [threading.Thread(target=self._ask, args=(path, for_s)) for path in self.seconds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask(self, path: str, for_s: float) -> None:
        until = time.monotonic() + for_s
        while time.monotonic() < until or len(self.seconds[path]) < 5:
            began = time.monotonic()
            try:
                status = requests.get(self.server.url + path, timeout=60).status_code
            except requests.RequestException:
                status = 0
            self.seconds[path].append(time.monotonic() - began if status == 200 else 60.0)
            time.sleep(PROBE_EVERY_S)

    def p95_s(self, path: str) -> float:
        return sorted(self.seconds[path])[int(len(self.seconds[path]) * 0.95)]

    def __str__(self) -> str:
        return f"page {1000 * self.p95_s('/'):.0f} ms, health {1000 * self.p95_s('/health'):.0f} ms"


def watched(server: RunningServer, for_s: float) -> Watch:
    watch = Watch(server)
    watch.run(for_s)
    return watch


def check(name: str, quiet: Watch, meanwhile: Watch, after: Watch, n_lines: int, for_s: float) -> None:
    """Print what was measured, and fail where others had to wait or the log was flooded."""
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{name}: {meanwhile}; after it {after}; before it {quiet}")
    print(f"    {n_lines} lines of log in {for_s:.0f} s; load {load}")
    for watch in (meanwhile, after):
        assert watch.p95_s("/") < bar_s(PAGE_S, quiet.p95_s("/"))
        assert watch.p95_s("/health") < bar_s(HEALTH_S, quiet.p95_s("/health"))
    assert n_lines < LOG_LINES_A_MINUTE * max(1.0, for_s / 60)


def bar_s(wanted_s: float, quiet_s: float) -> float:
    """Return what may be waited: what is wanted, or more on a machine that is slow with nobody else there.

    In the short form, which runs beside other tests, it is what tells a moment from a wait.
    """
    return max(wanted_s if LONG else 2.0, 3 * quiet_s)
