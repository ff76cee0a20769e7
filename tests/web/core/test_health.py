"""What a supervisor sees."""

import shutil
from collections import namedtuple
from email.parser import Parser
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import create_app
from app.config import Config
from app.jobs.store import JobStore
from app.web.core.context import konspekt
from app.web.core.health import answer_at_once


def make_app(folder: Path, **settings: object) -> Flask:
    folders = {f"{name}_dir": folder / name for name in ("uploads", "results", "models", "data")}
    config = Config.model_validate({**folders, "disk_reserve_bytes": 0, **settings})
    app = create_app(config)
    JobStore(config).migrate()
    return app


def test_it_is_alive_before_it_is_ready(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    client = app.test_client()
    assert client.get("/health").json == {"status": "ok"}
    assert client.get("/ready").status_code == 503
    konspekt(app).started.set()
    assert client.get("/ready").json == {"status": "ready"}
    konspekt(app).stopping.set()
    assert client.get("/ready").json == {"status": "stopping"}


USUAL = b"GET /health HTTP/1.1\r\nHost: localhost:5000\r\n"


@pytest.mark.parametrize("more", [b"", b"Connection: keep-alive\r\n", b"CONNECTION: Close\r\nA: b\r\n"])
def test_what_is_answered_at_once_is_what_the_view_answers(more: bytes, secured: Flask) -> None:
    found = answer_at_once(secured, USUAL + more + b"\r\n")
    assert found is not None
    head, _, body = found[0].partition(b"\r\n\r\n")
    fields = Parser().parsestr(head.partition(b"\r\n")[2].decode())
    view = secured.test_client().get("/health", headers={"Host": "localhost"})
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body == view.data
    assert {**fields, **view.headers} == dict(fields)
    assert {*fields} == {*view.headers.keys(), "Date", "Connection"}
    assert found[1] == (b"lose" not in more) == (fields["Connection"] == "keep-alive")


@pytest.mark.parametrize(
    "head",
    [
        USUAL,
        USUAL.replace(b"/health", b"/healthy") + b"\r\n",
        USUAL.replace(b"/health", b"/health?x=1") + b"\r\n",
        USUAL.replace(b"GET", b"HEAD") + b"\r\n",
        USUAL.replace(b"1.1", b"1.0") + b"\r\n",
        USUAL.replace(b"localhost", b"evil.example") + b"\r\n",
        USUAL.replace(b"Host", b"Hosts") + b"\r\n",
        USUAL + b"Host: localhost\r\n\r\n",
        USUAL + b"Content-Length: 3\r\n\r\nabc",
        USUAL + b"Content-Length: 0\r\n\r\n",
        USUAL + b"Transfer-Encoding: chunked\r\n\r\n",
        USUAL + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        USUAL + b" folded\r\n\r\n",
        USUAL + b"X-Name : 1\r\n\r\n",
        USUAL + b"X: \xff\r\n\r\n",
        USUAL + b"\r\nGET / HTTP/1.1\r\n",
    ],
)
def test_whatever_is_unusual_about_a_request_is_left_to_the_view(head: bytes, secured: Flask) -> None:
    assert answer_at_once(secured, head) is None


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_app(tmp_path_factory.mktemp("program"), secure_cookies=True)


def test_it_is_not_ready_while_the_disk_is_full(tmp_path: Path) -> None:
    app = make_app(tmp_path, disk_reserve_bytes=2**62)
    konspekt(app).started.set()
    answer = app.test_client().get("/ready")
    assert answer.status_code == 503
    assert answer.json["status"] == "disk_full"


@pytest.mark.parametrize("name", ["uploads", "results", "data"])
def test_it_is_not_ready_while_it_may_not_write_in_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    app = make_app(tmp_path)
    konspekt(app).started.set()
    monkeypatch.setattr("os.access", lambda path, _: Path(path) != tmp_path / name)  # root may write anywhere
    answer = app.test_client().get("/ready")
    assert (answer.status_code, answer.json["status"]) == (503, "not_writable")
    assert answer.json["message"].endswith(f"folder {name}")


@pytest.mark.parametrize(("free_mib", "status"), [(10, "disk_full"), (100, "ready")])
def test_it_is_not_ready_while_the_disk_of_the_database_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_mib: int, status: str
) -> None:
    app = make_app(tmp_path, disk_reserve_bytes=2**30)
    konspekt(app).started.set()
    usage = namedtuple("usage", "total used free")
    real = shutil.disk_usage

    def small_data_disk(path: Path) -> object:
        return usage(2**28, 0, free_mib * 2**20) if Path(path) == tmp_path / "data" else real(path)

    monkeypatch.setattr("shutil.disk_usage", small_data_disk)
    answer = app.test_client().get("/ready").json
    assert answer is not None
    assert answer["status"] == status


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(
        tmp_path,
        queue_url="redis://127.0.0.1:1/0",
        storage="s3",
        s3_bucket="konspekt",
        s3_endpoint="http://127.0.0.1:1",
        s3_access_key="key",
        s3_secret_key="secret",
    )
    konspekt(app).started.set()
    answer = app.test_client().get("/ready")
    assert answer.status_code == 503
    assert set(answer.json["missing"]) == {"broker_away", "storage_away", "models_missing"}
    assert answer.json["status"] == "broker_away"
    konspekt(app).jobs.workers.show("a node", "host:1", ("cpu",), 0)
    assert "models_missing" not in app.test_client().get("/ready").json["missing"]
    of_a_kind = make_app(tmp_path, queue_url="redis://127.0.0.1:1/0", gpu_stages=("transcribe",))
    konspekt(of_a_kind).started.set()
    assert "queue gpu" in of_a_kind.test_client().get("/ready").json["missing"]["models_missing"]

    def away(_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr("app.jobs.store.JobStore.counts", away)
    answer = app.test_client().get("/ready")
    assert answer.status_code == 503
    assert "connection refused" in answer.json["missing"]["database_away"]
