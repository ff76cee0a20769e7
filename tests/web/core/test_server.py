"""The real server process: how fast it is there, what it says, how it ends."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import requests

from app.config import Config
from app.web.core.server import use_own_temporary_folder
from tests.running import TOP, RunningServer
from tests.waiting import until

HEAVY = {"torch", "whisper", "transformers", "sklearn", "scipy", "moviepy", "docx", "demucs", "pocketsphinx"}


def run(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"KONSPEKT_HOME": str(folder)}
    env |= {f"KONSPEKT_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, str(TOP / "run.py")]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60)


def test_the_page_answers_soon_after_the_start(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        assert server.get("/").status_code == 200
        assert server.took_s() < 5  # 2 s on an idle machine


def test_nothing_heavy_is_imported_for_the_first_page() -> None:
    code = (
        "import sys; from app import create_app; create_app(); print(*{m.split('.')[0] for m in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


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


def test_it_serves_though_nobody_reads_its_address(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    reading, writing = os.pipe()
    os.close(reading)
    env = os.environ | {"KONSPEKT_HOME": str(tmp_path), "KONSPEKT_PORT": str(port)}
    command = [sys.executable, str(TOP / "run.py")]
    with subprocess.Popen(command, env=env, cwd=tmp_path, stdout=writing, stderr=subprocess.DEVNULL) as ours:
        os.close(writing)
        try:
            until(lambda: _answers(port))
        finally:
            ours.terminate()
            ours.wait(30)


def _answers(port: int) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code == 200
    return False


def test_what_is_temporary_stands_beside_the_uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    config = Config(_env_file=None, uploads_dir=tmp_path / "uploads")  # type: ignore[call-arg]
    use_own_temporary_folder(config)
    assert Path(tempfile.gettempdir()) == config.incoming_dir.resolve()
    with tempfile.TemporaryFile():
        pass


def test_the_folders_that_the_start_makes_are_closed_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    config = Config(_env_file=None, uploads_dir=tmp_path / "uploads")  # type: ignore[call-arg]
    umask = os.umask(0)
    try:
        use_own_temporary_folder(config)
    finally:
        os.umask(umask)
    for folder in (config.uploads_dir, config.incoming_dir):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_database_of_an_unknown_schema_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "konspekt.db")) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        database.execute("INSERT INTO alembic_version VALUES ('0003')")
        database.commit()
    done = run(tmp_path)
    assert done.returncode == 3
    assert "The database has the schema 0003" in done.stderr
    assert "Traceback" not in done.stderr


def test_all_wrong_settings_are_named_at_once_without_their_secrets(tmp_path: Path) -> None:
    done = run(tmp_path, port="many", threads="1", workers="0", secret_key="short", llm_url_file="missing")
    assert done.returncode == 2
    for name in (
        "KONSPEKT_PORT",
        "KONSPEKT_THREADS",
        "KONSPEKT_WORKERS",
        "KONSPEKT_SECRET_KEY",
        "KONSPEKT_LLM_URL",
    ):
        assert name in done.stderr
    assert "short" not in done.stderr
    assert f"its file {tmp_path / 'missing'} cannot be read" in done.stderr
    assert "Unusable" not in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_and_folders_stand_beside_run_py_wherever_it_is_started(tmp_path: Path) -> None:
    code = "from app.config import Config; c = Config(_env_file=None); print(c.data_dir, c.database)"
    env = {name: value for name, value in os.environ.items() if not name.startswith("KONSPEKT_")}
    env["PYTHONPATH"] = str(TOP)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.stdout.split() == [str(TOP / "data"), f"sqlite:///{TOP / 'data' / 'konspekt.db'}"]


def test_a_key_is_asked_for_wherever_it_is_started(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "with space and ключ", tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        folder.mkdir()
    (home / ".env").write_text("KONSPEKT_API_KEY=the key\nKONSPEKT_MODELS_DIR=weights\n")
    (elsewhere / ".env").write_text("KONSPEKT_API_KEY=another\n")
    with RunningServer(home) as server:
        server.stop()
        server.folder = elsewhere  # where it is started; its home stays
        server.settings["home"] = str(home)
        server.start()
        asked = {
            key: server.get("/v1/models", headers={"Authorization": key}) for key in ("", "Bearer the key")
        }
        assert [answer.status_code for answer in asked.values()] == [401, 200]
        assert [path.name for path in elsewhere.iterdir()] == [".env"]
        assert {"data", "uploads", "results", "weights"} <= {path.name for path in home.iterdir()}
        assert any(f".env of {elsewhere} not read" in line for line in server.log)
