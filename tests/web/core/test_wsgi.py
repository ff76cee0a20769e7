"""Both servers serve, let silent clients go, and end cleanly."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests

from app.web.core.wsgi import BLOCK_BYTES, in_large_blocks
from tests.running import TOP, RunningServer


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_asked(tmp_path: Path, how: signal.Signals) -> None:
    with RunningServer(tmp_path) as server:
        server.wait_until_ready()
        began = time.monotonic()
        assert server.stop(how) == 0
        assert time.monotonic() - began < 10
        assert not [line for line in server.log if "Traceback" in line]


def test_a_silent_client_loses_its_connection_and_blocks_nobody(tmp_path: Path) -> None:
    with RunningServer(tmp_path, threads=8) as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        with contextlib.ExitStack() as silent:
            for _ in range(8):
                connection = silent.enter_context(socket.create_connection(address))
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: ")
            assert requests.get(f"{server.url}/health", timeout=60).status_code == 200


def test_files_go_out_whole_in_large_blocks() -> None:
    content = os.urandom(3 * BLOCK_BYTES + 5)

    def inner(environ: dict[str, Any], _start_response: Any) -> Any:
        return environ["wsgi.file_wrapper"](BytesIO(content), 8192)

    environ: dict[str, Any] = {}
    blocks = list(in_large_blocks(inner)(environ, lambda *_: lambda _: None))
    assert b"".join(blocks) == content
    assert [len(block) for block in blocks] == [BLOCK_BYTES] * 3 + [5]
    assert isinstance(environ["wsgi.file_wrapper"](BytesIO()), environ["wsgi.file_wrapper"])  # gunicorn asks


def test_where_there_is_no_gunicorn_werkzeug_serves(tmp_path: Path) -> None:
    code = """if True:
        import sys
        sys.modules["fcntl"] = None  # as on Windows
        from app import create_app
        from app.web.core.server import listen, read_config, url
        from app.web.core.wsgi import serve_with_werkzeug
        config = read_config()
        listener = listen(config)
        serve_with_werkzeug(create_app(config), listener, url(config, listener.getsockname()[1]))
    """
    env = os.environ | {"KONSPEKT_PORT": "0", "KONSPEKT_DISK_RESERVE_BYTES": "0", "PYTHONPATH": str(TOP)}
    env["KONSPEKT_HOME"] = str(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert requests.get(url, timeout=60).status_code == 200
        assert requests.get(f"{url}/ready", timeout=60).json() == {"status": "ready"}
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
