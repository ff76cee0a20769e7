"""The program's own threads start with the server, and wait for what they need."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import create_app
from app.config import Config
from app.errors import Conflict
from app.web.core import lifecycle
from app.web.core.context import Konspekt, konspekt
from tests.postgres import BINARIES, Postgres
from tests.running import RunningServer


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
            server.wait_until_ready(180)
            assert server.get("/").status_code == 200
            assert not [line for line in server.log if "Traceback" in line]


AWAY = (
    OperationalError("SELECT 1", {}, OSError("the server closed the connection")),
    InterfaceError("SELECT 1", {}, OSError("the connection is closed")),
    PoolTimeout("no connection became free"),
)


@pytest.fixture
def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Konspekt, list[Exception]]]:
    """Give a program whose queue fails to start by each error of a list in turn."""
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    parts = konspekt(create_app(Config(_env_file=None, **folders)))  # type: ignore[call-arg,arg-type]
    errors: list[Exception] = []

    def start() -> None:
        if errors:
            raise errors.pop()

    monkeypatch.setattr(parts.jobs, "start", start)
    monkeypatch.setattr(lifecycle, "RESTART_S", 0.0)
    yield parts, errors
    parts.stopping.set()
    parts.jobs.clips.stop()
    parts.jobs.pictures.stop()


def test_however_the_database_is_away_the_start_is_tried_again(
    failing: tuple[Konspekt, list[Exception]],
) -> None:
    parts, errors = failing
    errors += AWAY
    lifecycle._keep_starting(parts)
    assert parts.started.is_set()


def test_a_database_that_comes_back_with_an_unknown_schema_ends_the_program(
    failing: tuple[Konspekt, list[Exception]], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, errors = failing
    errors += [Conflict("The database has another schema."), AWAY[0]]
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    lifecycle._keep_starting(parts)
    assert ended == [lifecycle.NO_BOOT]
    assert not parts.started.is_set()
