"""The real server process: how fast it is there, what it says, how it ends."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.postgres import BINARIES, Postgres
from tests.running import TOP, RunningServer

HEAVY = {"torch", "whisper", "transformers", "sklearn", "scipy", "moviepy", "docx", "demucs", "pocketsphinx"}


def run(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {f"KONSPEKT_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, str(TOP / "run.py")]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60)


def test_the_page_answers_soon_after_the_start(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        assert server.get("/").status_code == 200
        assert time.monotonic() - server.started_at < 5  # 2 s on an idle machine


def test_nothing_heavy_is_imported_for_the_first_page() -> None:
    code = (
        "import sys; from app import create_app; create_app(); print(*{m.split('.')[0] for m in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_asked(tmp_path: Path, how: signal.Signals) -> None:
    with RunningServer(tmp_path) as server:
        server.wait_until_ready()
        began = time.monotonic()
        assert server.stop(how) == 0
        assert time.monotonic() - began < 10
        assert not [line for line in server.log if "Traceback" in line]


def test_the_port_is_free_right_after_a_kill(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        master = server.process
        port = int(server.url.rpartition(":")[2])
        os.kill(master.pid, signal.SIGKILL)  # the worker must go with its master
        server._ended(10)
        server.settings["port"] = port
        server.start()
        assert server.get("/health").json() == {"status": "ok"}


def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(tmp_path, port=port)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr
    assert "KONSPEKT_PORT" in done.stderr


def test_all_wrong_settings_are_named_at_once_without_their_secrets(tmp_path: Path) -> None:
    done = run(tmp_path, port="many", threads="1", workers="0", secret_key="short")
    assert done.returncode == 2
    for name in ("KONSPEKT_PORT", "KONSPEKT_THREADS", "KONSPEKT_WORKERS", "KONSPEKT_SECRET_KEY"):
        assert name in done.stderr
    assert "short" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_silent_client_loses_its_connection_and_blocks_nobody(tmp_path: Path) -> None:
    with RunningServer(tmp_path, threads=8) as server:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        with contextlib.ExitStack() as silent:
            for _ in range(8):
                connection = silent.enter_context(socket.create_connection(address))
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: ")
            assert requests.get(f"{server.url}/health", timeout=25).status_code == 200


@pytest.mark.skipif(not BINARIES, reason="no PostgreSQL server is installed (apt-get install postgresql)")
def test_it_waits_for_a_database_that_is_away(tmp_path: Path) -> None:
    with Postgres() as postgres:
        url = postgres.create("konspekt")
        postgres.stop()
        with RunningServer(tmp_path, database_url=url) as server:
            answer = server.get("/", headers={"Accept": "application/json"})
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert server.get("/health").status_code == 200
            assert server.get("/ready").json() == {"status": "starting"}
            postgres.start()
            server.wait_until_ready()
            assert server.get("/").status_code == 200
            assert not [line for line in server.log if "Traceback" in line]


def test_where_there_is_no_gunicorn_werkzeug_serves(tmp_path: Path) -> None:
    code = """if True:
        import sys
        sys.modules["fcntl"] = None  # as on Windows
        from app import create_app
        from app.web.core import server
        config = server.read_config()
        server._serve_with_werkzeug(create_app(config), config, server.listen(config))
    """
    env = os.environ | {"KONSPEKT_PORT": "0", "KONSPEKT_DISK_RESERVE_BYTES": "0", "PYTHONPATH": str(TOP)}
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert requests.get(url, timeout=30).status_code == 200
        assert requests.get(f"{url}/ready", timeout=30).json() == {"status": "ready"}
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
