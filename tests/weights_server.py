"""A server of weights whose answers a test chooses, and a package index with a made wheel."""

import hashlib
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from app.engines.weights.sources import Website, WeightFile

BODY = bytes(range(256)) * 8192  # 2 MiB: several chunks
SLICE_BYTES = 1 << 18


class Answer(NamedTuple):
    """How the server answers. length: what it says; sends: what it sends of it; pace_s: between slices."""

    body: bytes = BODY
    length: int | None = None
    sends: int | None = None
    status: int | None = None
    ranges: bool = True
    pace_s: float = 0
    stalls: bool = False


class Server(ThreadingHTTPServer):
    answers: list[Answer]
    asked: list[str | None]
    released: threading.Event

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def source(self, *answers: Answer, path: str = "whisper/base.pt") -> Website:
        """Return the source of one file, `BODY`, which gets these answers."""
        self.answers.extend(answers)
        file = WeightFile(path, hashlib.sha256(BODY).hexdigest(), len(BODY))
        return Website((file,), (f"{self.url}/base.pt",))


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)
        answer = self.server.answers.pop(0)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and answer.ranges else 0
        body = answer.body[start:]
        self.send_response(answer.status or (206 if start else 200))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(answer.body) - 1}/{len(answer.body)}")
        self.send_header("Content-Length", str(len(body) if answer.length is None else answer.length))
        self.end_headers()
        body = body[: answer.sends]
        for at in range(0, len(body), SLICE_BYTES):
            try:
                self.wfile.write(body[at : at + SLICE_BYTES])
            except OSError:  # nobody listens any more
                return
            self.server.released.wait(answer.pace_s)
        if answer.stalls:
            self.server.released.wait(30)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def weights_server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.answers, server.asked, server.released = [], [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def make_wheel(folder: Path, name: str, members: dict[str, bytes], version: str = "1.0.0") -> Path:
    """Write a wheel that pip takes, with these members."""
    path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    texts = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in (members | texts).items():
            archive.writestr(member, content)
    return path


class Index(BaseHTTPRequestHandler):
    """A package index (PEP 503) over a folder of wheels. pace_s: between slices of a wheel."""

    folder: Path
    pace_s = 0.0
    cuts: list[str]  # names of wheels that break off half way, once for each entry
    asked: list[str]
    released: threading.Event

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/simple/"):
            name = self.path.split("/")[2].replace("-", "_")
            wheels = sorted(path.name for path in self.folder.glob(f"{name}-*.whl"))
            self._send(
                "".join(f'<a href="/files/{wheel}">{wheel}</a>' for wheel in wheels).encode(), "text/html"
            )
        else:
            name = self.path.rpartition("/")[2]
            body = (self.folder / name).read_bytes()
            if name in self.cuts:
                self.cuts.remove(name)
                self._send(body, "application/zip", len(body) // 2)
            else:
                self._send(body, "application/zip")

    def _send(self, body: bytes, kind: str, sends: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        body = body[:sends]
        for at in range(0, len(body), SLICE_BYTES):
            try:
                self.wfile.write(body[at : at + SLICE_BYTES])
            except OSError:
                return
            if self.pace_s:
                self.released.wait(self.pace_s)

    def log_message(self, *_: object) -> None:
        pass


def seconds(work: Callable[[], object]) -> float:
    """Return how long something took."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun
