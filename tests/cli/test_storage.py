"""`flask storage copy` against a real S3 server, in this process."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.jobs.service import JobService
from app.jobs.store import JobStore
from app.web.core.context import konspekt
from tests import s3
from tests.jobs.acting import Acting, submit


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3.moto() as endpoint:
        yield endpoint


@pytest.fixture
def make_app(tmp_path, endpoint: str) -> Iterator[Callable[..., Flask]]:  # type: ignore[no-untyped-def]
    """Make apps on the same data, where two jobs have ended."""
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    made: list[Flask] = []

    def make(**settings: object) -> Flask:
        config = Config(_env_file=None, disk_reserve_bytes=0, **folders, **settings)  # type: ignore[arg-type]
        app = create_app(config)
        made.append(app)
        return app

    config = Config(_env_file=None, disk_reserve_bytes=0, **folders)
    store = JobStore(config)
    store.migrate()
    acting = Acting()
    service = JobService(config, store, acting.engines, acting.stages)
    for name in "ab":
        submit(service, name)
        service.worker.run_once()
    store.close()
    yield make
    for app in made:
        konspekt(app).jobs._store.close()
        with app.app_context():
            app.config["SESSION_SQLALCHEMY"].engine.dispose()


def keys(endpoint: str) -> set[str]:
    found = s3.client(endpoint).list_objects_v2(Bucket=s3.BUCKET).get("Contents", [])
    return {item["Key"] for item in found}


def test_everything_is_copied_and_the_second_time_nothing_is_left_to_do(
    make_app: Callable[..., Flask], endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.storage.PAUSE_S", 0.0)
    away = make_app(**(s3.settings(endpoint) | {"s3_endpoint": "http://127.0.0.1:1"})).test_cli_runner()
    failed = away.invoke(args=["storage", "copy", "--to", "s3"])
    assert failed.exit_code == 1
    assert "10 files could not be sent" in failed.output
    runner = make_app(**s3.settings(endpoint)).test_cli_runner()
    done = runner.invoke(args=["storage", "copy", "--to", "s3"])
    assert done.exit_code == 0, done.output
    assert "10 files copied to s3." in done.output
    assert len(keys(endpoint)) == 10
    assert "Everything is there already." in runner.invoke(args=["storage", "copy", "--to", "s3"]).output


def test_the_janitor_has_the_copies_of_what_it_deletes_deleted_too(
    make_app: Callable[..., Flask], endpoint: str
) -> None:
    app = make_app(retention_s=0.001, **s3.settings(endpoint))
    runner, before = app.test_cli_runner(), keys(endpoint)
    assert runner.invoke(args=["storage", "copy", "--to", "s3"]).exit_code == 0
    assert len(keys(endpoint) - before) == 10
    assert "2 deleted" in runner.invoke(args=["janitor"]).output
    copies = konspekt(app).integrations.copies
    assert copies is not None
    assert copies.run_once(datetime.now(UTC)) == 10
    assert keys(endpoint) == before


def test_without_a_bucket_it_says_what_to_set(make_app: Callable[..., Flask]) -> None:
    done = make_app().test_cli_runner().invoke(args=["storage", "copy", "--to", "s3"])
    assert done.exit_code == 1
    assert "KONSPEKT_S3_BUCKET" in done.output


def test_all_that_lies_in_folders_goes_over_to_a_bucket_that_machines_share(
    make_app: Callable[..., Flask], endpoint: str, tmp_path: Path
) -> None:
    settings = s3.settings(endpoint)
    for _ in range(2):
        answer = make_app(**settings).test_cli_runner().invoke(args=["storage", "copy", "--to", "s3-shared"])
        assert answer.exit_code == 0, answer.output
        assert "2 jobs" in answer.output
    shutil.rmtree(tmp_path / "uploads")
    shutil.rmtree(tmp_path / "results")
    jobs = konspekt(make_app(storage="s3-shared", **settings)).jobs
    assert jobs.janitor.settle_lost_files() == 0
    for job in jobs.list("anna"):
        assert jobs.results.recording(job).minutes is not None
        assert jobs.results.source(job).read_text(encoding="utf-8") == job.name


def test_there_must_be_a_bucket_to_go_over_to(make_app: Callable[..., Flask]) -> None:
    answer = make_app().test_cli_runner().invoke(args=["storage", "copy", "--to", "s3-shared"])
    assert answer.exit_code != 0
    assert "KONSPEKT_S3_BUCKET" in answer.output
