"""A web server that serves one file, well or badly."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.serving import serving


@dataclass
class Website:
    """What the server does next: `plan` holds one word per request, the last one stays."""

    body: bytes = bytes(range(256)) * 4096
    plan: list[str] = field(default_factory=lambda: ["well"])
    requests: list[dict[str, str]] = field(default_factory=list)
    location: str = ""
    port: int = 0

    def url(self, path: str = "/clip.mp4") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    site: Website

    def do_GET(self) -> None:
        site = self.site
        site.requests.append(dict(self.headers))
        word = site.plan.pop(0) if len(site.plan) > 1 else site.plan[0]
        with contextlib.suppress(ConnectionError):  # the client had heard enough
            getattr(self, word)(site.body)

    def well(self, body: bytes) -> None:
        start = 0
        wanted = self.headers.get("Range", "")
        if wanted and self.headers.get("If-Range") == '"v1"':
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body) - start))
        self.send_header("ETag", '"v1"')
        self.end_headers()
        self.wfile.write(body[start:])

    def cut(self, body: bytes) -> None:
        """Promise all, send half of what is left, hang up."""
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        self.send_header("ETag", '"v1"')
        self.end_headers()
        self.wfile.write(body[start : start + (len(body) - start) // 2])

    def endless(self, body: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(body)
        except OSError:
            pass

    def countless(self, body: bytes) -> None:
        """Send a length of more digits than Python reads as a number."""
        self.send_response(200)
        self.send_header("Content-Length", "9" * 5000)
        self.end_headers()
        self.wfile.write(body)

    def stall(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:1000])
        self.wfile.flush()
        self.server.released.wait(10)  # type: ignore[attr-defined]

    def empty(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def missing(self, body: bytes) -> None:
        self.send_error(404)

    def broken(self, body: bytes) -> None:
        self.send_error(500)

    def redirect(self, body: bytes) -> None:
        self.send_response(302)
        self.send_header("Location", self.site.location)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def website() -> Iterator[Website]:
    site = Website()
    with serving(Handler, site) as site.port:
        yield site
