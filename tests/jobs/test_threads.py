"""The loops around the turns: what breaks a turn does not end its thread."""

import logging
import threading
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from app.engines.registry import Engines
from app.jobs.job import JobStatus
from app.jobs.service import JobService
from app.pipeline.recording import Recording
from app.progress import Progress
from tests.jobs.acting import Acting, submit, wait_until_ended
from tests.jobs.test_store import on_both_databases


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
            assert turns.acquire(timeout=60), "its thread goes on"
        service.stop()
    told = [record for record in caplog.records if record.name == "app.jobs.loop"]
    assert {record.levelname for record in told} == {level}
    assert {record.exc_info is not None for record in told} == {traceback}
    assert all("\n" not in record.getMessage() for record in told)


@on_both_databases
def test_a_job_in_a_long_turn_of_a_model_is_given_back_at_the_stop_and_does_not_count_as_tried(
    make_service: Callable[..., JobService], acting: Acting
) -> None:
    first, second = make_service(), make_service()
    reached, may_end = threading.Event(), threading.Event()
    act = acting.stages["transcribe"]

    def deaf(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        reached.set()
        assert may_end.wait(30), "it reports nothing meanwhile"
        return act(recording, engines, lambda _: None)

    acting.stages["transcribe"] = deaf
    first.start()
    job = submit(first, "a")
    assert reached.wait(20)
    first.stop(0.1)
    back = second.get("anna", job.id)
    assert (back.status, back.attempt) == (JobStatus.QUEUED, 0)
    may_end.set()  # what its thread still does changes nothing
    first.stop(20)
    back = second.get("anna", job.id)
    assert (back.status, back.attempt) == (JobStatus.QUEUED, 0)
    acting.stages["transcribe"] = act
    second.start()
    done = wait_until_ended(second, job)
    assert (done.status, done.attempt) == (JobStatus.DONE, 1)
    assert acting.runs["extract", "a"] == 1
