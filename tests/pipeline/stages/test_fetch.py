"""The stage that takes what is asked for out of the bucket, also when the connection breaks off."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest

from app.config import Config
from app.engines.registry import Engines
from app.errors import JobCancelled, NotFound, StorageFull, StorageUnavailable, TooLarge
from app.pipeline import artifacts
from app.pipeline.fetching import Fetcher
from app.pipeline.recording import CleanRequest, Recording
from app.pipeline.stage import Stage
from app.pipeline.stages.fetch import fetch_by
from app.pipeline.stages.store import cleaned_key
from app.storage.s3 import S3Bucket, S3Options

BODY = bytes(range(256)) * 8000
NO_ENGINES = cast(Engines, None)


@contextmanager
def bucket(folder: Path, *manners: str) -> Iterator[Callable[[], S3Bucket]]:
    """Serve BODY as an object; the first requests are treated in other manners: cut, 500, 404."""
    left = [*manners]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            manner = left.pop(0) if left else "whole"
            if manner.isdigit():
                self.send_response(int(manner))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY[: len(BODY) // 2] if manner == "cut" else BODY)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        options = S3Options("b", endpoint, access_key="k", secret_key="s", read_timeout_s=2, attempts=1)
        made = S3Bucket(options, folder)
        try:
            yield lambda: made
        finally:
            made.client.close()
            server.shutdown()
            thread.join()


@pytest.fixture
def asked(tmp_path: Path) -> Recording:
    folder = tmp_path / "job"
    folder.mkdir()
    request = CleanRequest("1", "calls/a.wav", True)
    (tmp_path / "source").write_text(json.dumps(asdict(request)), "utf-8")
    return Recording("a.wav", tmp_path / "source", folder, clean_request=request)


def fetch(connect: Callable[[], S3Bucket], max_bytes: int = 10**9, reserve_bytes: int = 0) -> Stage:
    config = Config(_env_file=None, max_upload_bytes=max_bytes, disk_reserve_bytes=reserve_bytes)
    return fetch_by(Fetcher(config, connect))


def left(recording: Recording) -> list[str]:
    return [path.name for path in recording.folder.iterdir()]


def test_the_whole_file_becomes_the_source(tmp_path: Path, asked: Recording) -> None:
    with bucket(tmp_path) as connect:
        fetched = fetch(connect)(asked, NO_ENGINES, lambda _: None)
    assert fetched.source.read_bytes() == BODY
    artifacts.save("fetch", fetched)
    assert artifacts.load("fetch", asked) == fetched
    fetched.source.unlink()
    assert artifacts.load("fetch", asked) is None, "what was cleared away is fetched again"


@pytest.mark.parametrize(
    ("manners", "max_bytes", "reserve_bytes", "error"),
    [
        (("404",), 10**9, 0, NotFound),
        (("cut",), 10**9, 0, StorageUnavailable),
        (("500",), 10**9, 0, StorageUnavailable),
        ((), 1000, 0, TooLarge),
        ((), 10**9, 2**60, StorageFull),
    ],
    ids=["not there", "broken off", "away", "too large", "disk full"],
)
def test_what_cannot_be_fetched_leaves_nothing_behind(
    tmp_path: Path, asked: Recording,
    manners: tuple[str, ...], max_bytes: int, reserve_bytes: int, error: type[Exception],
) -> None:  # fmt: skip
    with bucket(tmp_path, *manners) as connect, pytest.raises(error):
        fetch(connect, max_bytes, reserve_bytes)(asked, NO_ENGINES, lambda _: None)
    assert left(asked) == []


def test_who_fetches_can_be_cancelled(tmp_path: Path, asked: Recording) -> None:
    def cancel(done: float) -> None:
        raise JobCancelled

    with bucket(tmp_path) as connect, pytest.raises(JobCancelled):
        fetch(connect)(asked, NO_ENGINES, cancel)


@pytest.mark.parametrize(
    ("key", "cleaned"),
    [
        ("a.mp3", "a_cleaned.mp3"),
        ("calls/2026/запись 1.WAV", "calls/2026/запись 1_cleaned.wav"),
        ("a.b.ogg", "a.b_cleaned.ogg"),
        ("meeting.mp4", "meeting_cleaned.flac"),
        ("noextension", "noextension_cleaned.flac"),
    ],
)
def test_the_cleaned_file_stands_beside_the_original(key: str, cleaned: str) -> None:
    assert cleaned_key(key) == cleaned
