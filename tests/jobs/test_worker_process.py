"""WorkerProcess: what one message makes a Celery worker do."""

from collections.abc import Callable

import pytest

from app.jobs.instance_lock import InstanceLock
from app.jobs.job import JobStatus
from app.jobs.service import JobService
from app.jobs.worker_process import WorkerProcess
from tests.jobs.acting import submit


@pytest.fixture
def process(service: JobService) -> Callable[..., WorkerProcess]:
    def make(ending: bool = False) -> WorkerProcess:
        node = InstanceLock(service._config.data_dir)
        return WorkerProcess(service.worker, service.workers, node, None, lambda: ending)  # type: ignore[arg-type]

    return make


def n_done(service: JobService) -> int:
    return service.counts()[JobStatus.DONE]


def test_short_jobs_are_done_for_one_message(
    service: JobService, process: Callable[..., WorkerProcess]
) -> None:
    for n in range(3):
        submit(service, f"{n}")
    worker = process()
    assert worker.work("cpu")
    assert n_done(service) == 3
    assert worker.work("cpu") is False, "a message for which none is left"


def test_after_a_long_one_the_next_message_decides_who_works(
    service: JobService, process: Callable[..., WorkerProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.worker_process.TOGETHER_S", 0.0)
    for n in range(2):
        submit(service, f"{n}")
    assert process().work("cpu")
    assert n_done(service) == 1


def test_a_process_that_is_to_end_takes_no_second_one(
    service: JobService, process: Callable[..., WorkerProcess]
) -> None:
    for n in range(2):
        submit(service, f"{n}")
    assert process(ending=True).work("cpu")
    assert n_done(service) == 1
