"""A site with real videos that also does everything a site can do wrong."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.making import PICTURE, TONE, make_media
from tests.serving import serving

HTML = b"<!doctype html><title>Not found</title><p>The video has moved." * 30


@dataclass
class Site:
    """What a path does stands in its first part: /good/3.mp4, /stall/3.mp4, …"""

    video: bytes
    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    inside: list[str] = field(default_factory=list)

    def url(self, kind: str, number: int = 0) -> str:
        return f"http://127.0.0.1:{self.port}/{kind}/{number}.mp4"


class Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        self.site.asked[self.path] += 1
        getattr(self, self.path.split("/")[1])()

    def _give(
        self, body: bytes, status: int = 200, length: int | None = None, kind: str = "video/mp4"
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def good(self) -> None:
        self._give(self.site.video)

    def redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path.replace("redirect", "good"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def inwards(self) -> None:
        """Lead to the metadata service of a cloud."""
        self.send_response(302)
        self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def stall(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.site.video)))
        self.end_headers()
        self.wfile.write(self.site.video[:1000])
        self.wfile.flush()
        self.server.released.wait(10)  # type: ignore[attr-defined]

    def lie(self) -> None:
        """Promise twice as much as comes."""
        self._give(self.site.video, length=2 * len(self.site.video))

    def missing(self) -> None:
        self._give(b"no", 404, kind="text/plain")

    def broken(self) -> None:
        self._give(b"no", 500, kind="text/plain")

    def html(self) -> None:
        self._give(HTML)

    def empty(self) -> None:
        self._give(b"")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("video") / "video.mp4"
    return make_media(path, *PICTURE, *TONE, "-shortest").read_bytes()


@pytest.fixture
def site(video: bytes) -> Iterator[Site]:
    site = Site(video)
    with serving(Handler, site) as site.port:
        yield site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"
