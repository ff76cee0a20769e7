"""What a page plays, fetched by the real yt-dlp from a page on this machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import psutil
import pytest

from app.config import Config
from app.errors import BadInput, JobCancelled, TooLarge
from app.pipeline.fetching import Fetcher
from app.storage.download import DownloadLimits
from app.storage.guard import AddressGuard
from app.storage.player_page import PART, TOP, fetch_what_plays
from tests.serving import serving

SOUND = b"RIFF" + bytes(range(256)) * 400
LIMITS = DownloadLimits(max_bytes=1_000_000, total_s=60)
HERE = AddressGuard(["127.0.0.0/8"])


@dataclass
class Site:
    """A page that plays a file of the same server."""

    asked_for: list[str] = field(default_factory=list)
    url: str = ""


class Pages(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        self.site.asked_for.append(self.path)
        page = b"<!doctype html><title>Talk</title><video src='/talk.mp4'></video>"
        kind, content = ("video/mp4", SOUND) if self.path == "/talk.mp4" else ("text/html", page)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    with serving(Pages, site) as port:
        site.url = f"http://127.0.0.1:{port}/talk"
        yield site


def test_what_a_page_plays_arrives_whole_or_is_too_large(site: Site, tmp_path: Path) -> None:
    left = tmp_path / f"clip.page.of-a-killed-program{PART}"
    left.mkdir()
    (left / "recording.mp4").write_bytes(SOUND)
    config = Config(player_pages=True, allowed_networks=("127.0.0.0/8",), disk_reserve_bytes=0)
    Fetcher(config).fetch(site.url, tmp_path / "clip", lambda done: None)
    assert (tmp_path / "clip").read_bytes() == SOUND
    assert [path.name for path in tmp_path.iterdir()] == ["clip"]
    with pytest.raises(TooLarge):
        fetch_what_plays(site.url, tmp_path / "other", replace(LIMITS, max_bytes=1000), HERE)
    assert [path.name for path in tmp_path.iterdir()] == ["clip"]


def test_its_process_opens_no_socket_that_the_guard_forbids(site: Site, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Nothing that could be fetched"):
        fetch_what_plays(site.url, tmp_path / "clip", LIMITS, AddressGuard(["10.0.0.0/8"]))
    assert (site.asked_for, list(tmp_path.iterdir())) == ([], [])


def test_it_is_cancelled_within_a_moment(site: Site, tmp_path: Path) -> None:
    def stop(done: int, total: int | None) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        fetch_what_plays(site.url, tmp_path / "clip", LIMITS, HERE, stop)
    assert not list(tmp_path.iterdir())


IDLE = "import os, time; from app.storage.player_page_process import end_with; end_with(os.getppid()); "
IDLE += "print(os.getpid(), flush=True); time.sleep(600)"
PROGRAM = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {IDLE!r}])"


@pytest.mark.skipif(os.name != "posix", reason="its parent stays its parent on Windows")
def test_it_ends_with_a_program_that_is_killed() -> None:
    """It is the program that holds it to its limits."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        fetching = psutil.Process(int(program.stdout.readline()))
        program.kill()
    fetching.wait(60)


BOUND = """
import sys
from app.storage.player_page_process import bound
bound(1000)
try:
    bytearray(3 * 2**30)
except MemoryError:
    with open(sys.argv[1], "wb", 0) as file:
        file.write(bytes(5000))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bound no memory")
def test_a_page_fills_neither_memory_nor_disk(tmp_path: Path) -> None:
    """yt-dlp unpacks a page whole; and much comes between two looks of the program."""
    written = tmp_path / "written"
    subprocess.run([sys.executable, "-c", BOUND, written], cwd=TOP, check=True)
    assert written.stat().st_size <= 1001


SHUT_IN = """
import os, socket, ssl, subprocess, sys
from app.storage.guard import AddressGuard
from app.storage.player_page_process import shut_in
shut_in(AddressGuard(["127.0.0.1/32"]))
far = ("127.0.0.2", 9)
for attempt in (
    lambda: socket.create_connection(far),
    lambda: socket.socket().connect(("localhost", 9)),
    lambda: ssl.create_default_context().wrap_socket(socket.socket(), server_hostname="x").connect(far),
    lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", far),
    lambda: subprocess.run([sys.executable, "--version"]),
    lambda: os.system("echo"),
):
    try:
        print(attempt())
    except PermissionError:
        pass
"""


def test_neither_another_kind_of_socket_nor_another_program_leads_past_the_guard() -> None:
    """yt-dlp starts `rtmpdump`, where that is installed, for what a page says to play from rtmp://."""
    told = subprocess.run([sys.executable, "-c", SHUT_IN], cwd=TOP, check=True, stdout=subprocess.PIPE)
    assert told.stdout == b""
