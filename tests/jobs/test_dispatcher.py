"""Another dispatcher may stand beside `ThreadDispatcher`: JobService needs no more than the Protocol."""

from app.config import Config
from app.jobs.dispatcher import Dispatcher
from app.jobs.job import Job, JobStatus
from app.jobs.service import JobService
from app.jobs.store import JobStore
from app.jobs.worker import Worker
from tests.jobs.acting import Acting, submit


class AtOnce:
    """Does a job in the thread that submits it, as soon as it has been started."""

    def __init__(self, worker: Worker, n_workers: int) -> None:
        self._worker, self.n_workers = worker, n_workers
        self.started = False
        self.told: list[str] = []

    def start(self) -> None:
        self.started = True

    def stop(self, timeout_s: float) -> bool:
        self.started = False
        return True

    def submit(self, job: Job) -> None:
        self.told.append(f"submit {job.id}")
        if self.started:
            self._worker.run_once()

    def cancel(self, job_id: str) -> None:
        self.told.append(f"cancel {job_id}")


def test_jobs_are_submitted_done_and_cancelled_by_another_dispatcher(
    config: Config, store: JobStore, acting: Acting
) -> None:
    made: list[AtOnce] = []

    def dispatch(worker: Worker, n_workers: int) -> Dispatcher:
        made.append(AtOnce(worker, n_workers))
        return made[0]

    service = JobService(config, store, acting.engines, acting.stages, dispatch=dispatch)
    waits = submit(service, "before the start")
    service.cancel("anna", waits.id)
    service.start()
    assert made[0].started
    assert made[0].n_workers == config.workers
    done = submit(service, "after it")
    assert service.get("anna", done.id).status is JobStatus.DONE
    service.retry("anna", waits.id)
    assert service.get("anna", waits.id).status is JobStatus.DONE
    service.stop()
    assert not made[0].started
    assert made[0].told == [
        f"submit {waits.id}", f"cancel {waits.id}", f"submit {done.id}", f"submit {waits.id}",
    ]  # fmt: skip
