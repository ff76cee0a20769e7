"""Worker: one turn at a time, whatever a job throws."""

import errno
import logging
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app.engines.registry import Engines
from app.errors import BadInput, EngineFailed, JobCancelled
from app.jobs.job import JobStatus
from app.jobs.service import JobService
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from app.pipeline import stages_of
from app.pipeline.recording import Recording
from app.progress import Progress
from tests.jobs.acting import SOUND_S, Acting, submit, upload, wait_until_ended


def test_a_turn_without_a_job_says_so(service: JobService) -> None:
    assert service.worker.run_once() is False


def test_a_turn_does_the_whole_job(service: JobService) -> None:
    job = submit(service)
    assert service.worker.run_once() is True
    done = service.get("anna", job.id)
    assert (done.status, done.stage, done.error) == (JobStatus.DONE, None, None)
    assert done.duration_s == SOUND_S


def test_an_error_written_for_the_user_is_kept_with_its_values(service: JobService, acting: Acting) -> None:
    acting.raises["transcribe"] = BadInput("No sound in %(name)s.", name="совещание.mp4")
    job = submit(service)
    service.worker.run_once()
    failed = service.get("anna", job.id)
    assert failed.status is JobStatus.FAILED
    assert failed.stage == "transcribe"
    assert str(failed.error) == "No sound in совещание.mp4."
    assert failed.error is not None
    assert failed.error.params == {"name": "совещание.mp4"}


@pytest.mark.parametrize("error", [ZeroDivisionError("secret"), SystemExit(1), KeyboardInterrupt()])
def test_a_bug_becomes_one_neutral_sentence_with_a_number_for_the_log(
    service: JobService, acting: Acting, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    acting.raises["extract"] = error
    job = submit(service)
    with caplog.at_level(logging.ERROR):
        service.worker.run_once()
    failed = service.get("anna", job.id)
    assert failed.error is not None
    assert "secret" not in str(failed.error)
    assert str(failed.error.params["incident"]) in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (EngineFailed("The model broke. Try a smaller one."), "smaller one"),
    ],
)
def test_a_failure_says_what_to_do(service: JobService, acting: Acting, error: Exception, words: str) -> None:
    acting.raises["summarize"] = error
    job = submit(service)
    service.worker.run_once()
    failed = service.get("anna", job.id)
    assert failed.status is JobStatus.FAILED
    assert words in str(failed.error)


def test_the_next_job_works_after_one_that_broke(service: JobService, acting: Acting) -> None:
    acting.raises["extract"] = RuntimeError("a bug")
    submit(service)
    service.worker.run_once()
    acting.raises.clear()
    job = submit(service)
    service.worker.run_once()
    assert service.get("anna", job.id).status is JobStatus.DONE


def test_a_stage_that_stops_by_itself_ends_cancelled(service: JobService, acting: Acting) -> None:
    acting.raises["extract"] = JobCancelled()
    job = submit(service)
    service.worker.run_once()
    assert service.get("anna", job.id).status is JobStatus.CANCELLED


def test_a_job_is_not_blamed_for_a_database_that_went_away(
    service: JobService, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    went_away = threading.Event()

    def away(*_: object, **__: object) -> None:
        went_away.set()
        monkeypatch.undo()
        raise OperationalError("UPDATE", {}, Exception("server closed the connection"))

    monkeypatch.setattr("app.jobs.leases.Leases.end_stage", away)
    service.start()
    done = wait_until_ended(service, submit(service, "a"))
    assert went_away.is_set()
    assert done.status is JobStatus.DONE
    assert set(acting.runs.values()) == {1}, "its artifacts were there"


def test_what_breaks_because_it_was_cancelled_counts_as_cancelled(
    service: JobService, acting: Acting
) -> None:
    job = submit(service)

    def cancel_and_break(*_: object) -> None:
        service.cancel("anna", job.id)
        raise EngineFailed("the child process was killed")

    service.worker.stages["extract"] = cancel_and_break  # type: ignore[index]
    service.worker.run_once()
    assert service.get("anna", job.id).status is JobStatus.CANCELLED


def test_progress_never_runs_backwards(service: JobService, acting: Acting) -> None:
    seen: list[float] = []

    def jumpy(recording: object, engines: object, progress: object) -> None:
        for value in (0.4, 0.2, float("nan"), 7.0):
            progress(value)  # type: ignore[operator]
            seen.append(service.worker.running._taken()[0].progress)
        raise BadInput("enough")

    service.worker.stages["extract"] = jumpy  # type: ignore[index]
    submit(service)
    service.worker.run_once()
    assert seen == [0.4, 0.4, 0.4, 1.0]


def test_a_stage_that_needs_but_the_sound_is_done_though_another_one_failed(
    service: JobService, acting: Acting
) -> None:
    acting.raises["transcribe"] = BadInput("Nobody hears this language.")
    job = service.submit("anna", "a.mp4", upload(service), stages=stages_of(vectorize=True))
    service.worker.run_once()
    failed = service.get("anna", job.id)
    assert (failed.status, str(failed.error)) == (JobStatus.FAILED, "Nobody hears this language.")
    assert set(failed.engines) == {"extract", "vectorize"}
    assert service.results.recording(failed).embedding is not None
    assert acting.runs["summarize", "a.mp4"] == 0
    acting.raises.clear()
    service.retry("anna", job.id)
    service.worker.run_once()
    assert service.get("anna", job.id).status is JobStatus.DONE
    assert acting.runs["vectorize", "a.mp4"] == 1, "it is not made again"


def test_the_first_failure_is_the_one_that_is_told(service: JobService, acting: Acting) -> None:
    acting.raises["transcribe"] = BadInput("Nobody hears this language.")
    acting.raises["vectorize"] = EngineFailed("The model broke.")
    job = service.submit("anna", "a.mp4", upload(service), stages=stages_of(vectorize=True))
    service.worker.run_once()
    assert str(service.get("anna", job.id).error) == "Nobody hears this language."


def test_without_sound_nothing_is_tried(service: JobService, acting: Acting) -> None:
    acting.raises["extract"] = BadInput("This is no recording.")
    job = service.submit("anna", "a.mp4", upload(service), stages=stages_of(vectorize=True))
    service.worker.run_once()
    assert str(service.get("anna", job.id).error) == "This is no recording."
    assert acting.runs["vectorize", "a.mp4"] == 0


def test_a_job_is_cancelled_in_what_still_goes_on(service: JobService, acting: Acting) -> None:
    acting.raises["transcribe"] = BadInput("Nobody hears this language.")
    acting.hold("vectorize")
    job = service.submit("anna", "a.mp4", upload(service), stages=stages_of(vectorize=True))
    service.start()
    acting.wait_until_reached()
    running = service.get("anna", job.id)
    assert service.forecast(running).fraction > 0.4, "what failed is not waited for"
    service.cancel("anna", job.id)
    assert wait_until_ended(service, job).status is JobStatus.CANCELLED


def test_a_part_that_a_stage_keeps_counts_as_progress(
    make_service: Callable[..., JobService], acting: Acting, store: JobStore
) -> None:
    attempts: list[int] = []
    extract = acting.stages["extract"]

    def keeps_a_part(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        with store.begin() as session:
            session.execute(update(JobRow).values(attempts_without_progress=3))
        recording.kept()
        with store.begin() as session:
            attempts.extend(session.scalars(select(JobRow.attempts_without_progress)))
        return extract(recording, engines, progress)

    acting.stages["extract"] = keeps_a_part
    service = make_service()
    submit(service)
    service.worker.run_once()
    assert attempts == [1]


@pytest.mark.parametrize("ends", ["cancelled", "stopped"])
def test_what_is_kept_to_go_on_with_goes_only_where_nobody_goes_on(
    service: JobService, acting: Acting, ends: str
) -> None:
    acting.hold("transcribe")
    job = submit(service)
    service.start()
    acting.wait_until_reached()
    part = service.worker.folders.result(job.id) / "transcribe.checkpoint.part"
    part.write_bytes(b"so far")
    if ends == "cancelled":
        service.cancel("anna", job.id)
        wait_until_ended(service, job)
    else:
        service.stop()
    assert part.exists() == (ends == "stopped")


def test_stages_of_another_queue_are_left_to_its_workers(
    make_service: Callable[..., JobService], acting: Acting
) -> None:
    service = make_service(queue_url="redis://127.0.0.1:1/0", gpu_stages=("transcribe",))
    job = submit(service)
    assert not service.worker.run_once("gpu"), "it begins with the sound"
    steps = []
    for queue in ("cpu", "gpu", "cpu"):
        assert service.worker.run_once(queue)
        now = service.get(job.owner, job.id)
        steps.append((now.status, now.queue, "transcribe" in now.engines))
    queued, done = JobStatus.QUEUED, JobStatus.DONE
    assert steps == [(queued, "gpu", False), (queued, "cpu", True), (done, "cpu", True)]
    assert all(n == 1 for n in acting.runs.values()), "no stage is done twice"


def test_a_job_that_is_cancelled_is_not_handed_on(
    make_service: Callable[..., JobService], acting: Acting
) -> None:
    service = make_service(queue_url="redis://127.0.0.1:1/0", gpu_stages=("transcribe",))
    job = submit(service)
    extract = acting.stages["extract"]

    def extract_slowly(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        done = extract(recording, engines, progress)
        service._store.cancel(job.owner, job.id)
        return done

    acting.stages["extract"] = extract_slowly
    assert service.worker.run_once("cpu")
    assert service.get(job.owner, job.id).status is JobStatus.CANCELLED
