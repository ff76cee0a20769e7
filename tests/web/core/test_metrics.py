"""What Prometheus sees."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app.jobs.speeds import Measured
from app.web.core.context import konspekt
from tests.jobs.test_store import new
from tests.web.core.test_health import make_app

TOKEN = "scrape-me"
TOP = Path(__file__).parents[3]


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
    assert 'konspekt_missing{what="disk_full"} 0.0' in lines
    assert any(line.startswith('konspekt_disk_free_bytes{folder="uploads"} ') for line in lines)
    counted = 'konspekt_http_answer_seconds_count{endpoint="health.health",method="GET",status="200"} 1.0'
    assert counted in lines


def test_metrics_tell_of_queues_and_of_workers_elsewhere(tmp_path: Path) -> None:
    app = make_app(
        tmp_path, metrics_token=TOKEN, queue_url="redis://127.0.0.1:1/0", gpu_stages=("transcribe",)
    )
    jobs = konspekt(app).jobs
    jobs._store.add(new(), 10)
    jobs.workers.show("a node", "host:7", ("cpu", "gpu"), 5)
    jobs.workers.show("another", "host:8", ("cpu",), 0)
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    lines = answer.text.splitlines()
    assert 'konspekt_queue_jobs{priority="interactive",queue="cpu"} 1.0' in lines
    assert 'konspekt_queue_sound_seconds{priority="interactive",queue="cpu"} 12.5' in lines
    assert any(line.startswith("konspekt_queue_oldest_seconds{") for line in lines)
    assert "konspekt_leases_lost_total 0.0" in lines
    assert 'konspekt_worker_jobs_total{queues="cpu,gpu",worker="host:7"} 5.0' in lines
    assert {'konspekt_queue_workers{queue="cpu"} 2.0', 'konspekt_queue_workers{queue="gpu"} 1.0'} <= {*lines}


def test_that_the_database_is_away_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_app(tmp_path, metrics_token=TOKEN).test_client()

    def away(_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr("app.jobs.store.JobStore.counts", away)
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert 'konspekt_missing{what="database_away"} 1.0' in answer.text.splitlines()


@pytest.mark.parametrize("file", ["konspekt.json", "alerts.yml"])
def test_the_dashboard_and_the_alerts_ask_for_what_there_is(tmp_path: Path, file: str) -> None:
    app = make_app(tmp_path, metrics_token=TOKEN)
    jobs = konspekt(app).jobs
    jobs.speeds.measure(Measured("transcribe", "an engine", 60.0, 6.0))
    text = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    there_are = set(re.findall(r"^# TYPE (konspekt_\w+) ", text, re.MULTILINE))
    asked = (TOP / "docs" / "monitoring" / file).read_text(encoding="utf-8")
    names = set(re.findall(r"\bkonspekt_\w+", asked))
    assert names
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in names} <= there_are


@pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (apt-get install prometheus)"
)
def test_each_alert_tells_what_it_is_to_tell_and_when() -> None:
    command = ["promtool", "test", "rules", "docs/monitoring/alerts_test.yml"]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_has_its_test() -> None:
    rules = (TOP / "docs/monitoring/alerts.yml").read_text("utf-8")
    tests = (TOP / "docs/monitoring/alerts_test.yml").read_text("utf-8")
    for name in re.findall(r"alert: (\w+)", rules):
        told = rf"alertname: {name}\n\s+exp_alerts:\n\s+- exp_labels"
        assert re.search(told, tests), name
        assert re.search(rf"alertname: {name}, exp_alerts: \[\]", tests), name


def test_two_programs_in_one_process_count_apart(tmp_path: Path) -> None:
    first = make_app(tmp_path / "1", metrics_token=TOKEN)
    second = make_app(tmp_path / "2", metrics_token=TOKEN)
    first.test_client().get("/health")
    answer = second.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert "health.health" not in answer.text
