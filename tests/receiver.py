"""A server that receives callbacks: takes them, refuses, hangs, answers 500 or cuts the connection."""

import contextlib
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

STREAMS = {  # what is sent, what is sent again and again, with what pause
    "drip": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a", 0.02),
    "drip body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"a", 0.02),
    "not yet": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.02),
    "flood": (b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 2**20, 0.0),
}


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def is_signed_with(self, secret: bytes) -> bool:
        timestamp = self.headers["X-Konspekt-Timestamp"]
        digest = hmac.new(secret, f"{timestamp}.".encode() + self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(self.headers["X-Konspekt-Signature"], f"sha256={digest}")


@dataclass
class Receiver:
    """manners: how the next requests are treated, in order; after that: 200.

    A status; "hang"; "cut": within the first line; "drip": an endless header, byte by byte; "drip body":
    200, then the body byte by byte; "not yet": 100 Continue for ever; "flood": 200 and an endless body.
    """

    manners: list[int | str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def __enter__(self) -> Self:
        receiver = self
        self.over = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append(Received(self.path, dict(self.headers), body))
                manner = receiver.manners.pop(0) if receiver.manners else 200
                if manner == "hang":
                    receiver.over.wait(20)
                    return
                if manner == "cut":
                    self.wfile.write(b"HTTP/1.1 2")
                    return
                if isinstance(manner, str):
                    with contextlib.suppress(OSError):  # the other side has had enough
                        self._pour(*STREAMS[manner])
                    return
                self.send_response(manner)
                if manner == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.send_header("Content-Length", "14")
                self.end_headers()
                self.wfile.write(b'{"id": "job1"}')

            def _pour(self, beginning: bytes, then: bytes, pause_s: float) -> None:
                self.wfile.write(beginning)
                while not receiver.over.wait(pause_s):
                    self.wfile.write(then)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.over.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()
