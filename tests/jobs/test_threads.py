"""The loops around the turns: what breaks a turn does not end its thread."""

import logging
import threading
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from app.jobs.service import JobService


@pytest.mark.parametrize(
    ("error", "level", "traceback"),
    [
        (OperationalError("SELECT 1", {}, Exception("the server is away\nand more")), "WARNING", False),
        (ZeroDivisionError("a bug"), "ERROR", True),
    ],
    ids=["database away", "bug"],
)
def test_a_database_that_is_away_is_one_line_of_the_log_and_a_bug_its_traceback(
    make_service: Callable[..., JobService],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    level: str,
    traceback: bool,
) -> None:
    service, turns = make_service(), threading.Semaphore(0)

    def breaks(_: object) -> None:
        turns.release()
        raise error

    monkeypatch.setattr("app.jobs.worker.Worker.run_once", breaks)
    with caplog.at_level(logging.WARNING):
        service.start()
        for _ in range(2):
            assert turns.acquire(timeout=20), "its thread goes on"
        service.stop()
    told = [record for record in caplog.records if record.name == "app.jobs.loop"]
    assert {record.levelname for record in told} == {level}
    assert {record.exc_info is not None for record in told} == {traceback}
    assert all("\n" not in record.getMessage() for record in told)
