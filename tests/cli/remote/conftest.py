"""A real server of the whole app, for the commands that speak with one."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result
from flask import Flask
from werkzeug.serving import make_server

from app.cli.remote.jobs import jobs
from app.web.core.context import konspekt
from tests.web.conftest import acting, make_app, speech, templates, tone

__all__ = ["acting", "make_app", "speech", "templates", "tone"]


@pytest.fixture
def app(speech: None, make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # the runner has standard output
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # one may still hold a connection that the client has left open
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    structlog.reset_defaults()


@pytest.fixture
def run(address: str) -> Callable[..., Result]:
    """Run a command of `konspekt jobs` against the server."""
    return lambda *words: CliRunner().invoke(jobs, ["--server", address, *map(str, words)])


@pytest.fixture
def meeting(tmp_path: Path, tone: bytes) -> Path:
    path = tmp_path / "meeting.wav"
    path.write_bytes(tone)
    return path


@pytest.fixture
def working(app: Flask) -> Iterator[None]:
    """Let a worker do what comes."""
    ends, service = threading.Event(), konspekt(app).jobs

    def work() -> None:
        while not ends.is_set():
            if not service.worker.run_once():
                ends.wait(0.02)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    ends.set()
    thread.join()
