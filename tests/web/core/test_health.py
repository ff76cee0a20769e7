"""What a supervisor and Prometheus see."""

from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.jobs.store import JobStore
from app.web.core.context import konspekt

TOKEN = "scrape-me"


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


def test_it_is_not_ready_while_the_disk_is_full(tmp_path: Path) -> None:
    app = make_app(tmp_path, disk_reserve_bytes=2**62)
    konspekt(app).started.set()
    answer = app.test_client().get("/ready")
    assert answer.status_code == 503
    assert answer.json["status"] == "disk_full"


def test_metrics_are_closed_without_a_token(tmp_path: Path) -> None:
    assert make_app(tmp_path).test_client().get("/metrics").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Bearer " + "я" * 9])
def test_metrics_are_closed_to_a_wrong_token(tmp_path: Path, header: str) -> None:
    client = make_app(tmp_path, metrics_token=TOKEN).test_client()
    assert client.get("/metrics", headers={"Authorization": header.encode()}).status_code == 401


def test_metrics_count_answers_and_jobs(tmp_path: Path) -> None:
    client = make_app(tmp_path, metrics_token=TOKEN).test_client()
    client.get("/health")
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert 'konspekt_jobs{status="queued"} 0.0' in lines
    assert any(line.startswith('konspekt_disk_free_bytes{folder="uploads"} ') for line in lines)
    counted = 'konspekt_http_answer_seconds_count{endpoint="health.health",method="GET",status="200"} 1.0'
    assert counted in lines


def test_two_programs_in_one_process_count_apart(tmp_path: Path) -> None:
    first = make_app(tmp_path / "1", metrics_token=TOKEN)
    second = make_app(tmp_path / "2", metrics_token=TOKEN)
    first.test_client().get("/health")
    answer = second.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert "health.health" not in answer.text
