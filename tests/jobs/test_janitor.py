"""Janitor: by the state in the database, never what somebody works on or has just asked for."""

import os
import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.config import Config
from app.engines.registry import Engines
from app.errors import AppError, BadInput, NotFound
from app.jobs.janitor import Swept
from app.jobs.job import JobStatus
from app.jobs.service import JobService
from app.jobs.store import JobStore
from app.pipeline import Stage
from app.pipeline.recording import Recording
from app.progress import Progress
from tests.jobs.acting import Acting, submit, wait_until_ended

DAY = timedelta(days=1)
AGES_AGO = 1_000_000.0


def now() -> datetime:
    return datetime.now(UTC)


def files(config: Config) -> list[Path]:
    trees = (config.uploads_dir, config.results_dir)
    return [path for tree in trees for path in tree.rglob("*") if path.name not in ("trash", "incoming")]


def test_an_ended_job_goes_with_its_files_when_its_time_is_over(service: JobService, config: Config) -> None:
    job = submit(service)
    service.worker.run_once()
    assert service.janitor.sweep(now() + DAY - timedelta(minutes=1)) == Swept()
    assert service.results.recording(job).minutes is not None
    assert service.janitor.sweep(now() + DAY) == Swept(expired=1, removed=1)
    with pytest.raises(NotFound):
        service.get("anna", job.id)
    assert files(config) == []


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_a_job_that_was_not_done_goes_too(
    service: JobService, acting: Acting, how: str, config: Config
) -> None:
    acting.raises["transcribe"] = BadInput("no sound")
    job = submit(service)
    if how == "cancelled":
        service.cancel("anna", job.id)
    service.worker.run_once()
    assert service.get("anna", job.id).status == how
    assert service.janitor.sweep(now() + DAY).removed == 1
    assert files(config) == []


def test_what_waits_or_runs_is_kept_however_old_it_is(service: JobService, acting: Acting) -> None:
    acting.hold("transcribe")
    service.start()
    running, waiting = submit(service, "a"), submit(service, "b")
    acting.wait_until_reached()
    assert service.janitor.sweep(now() + 1000 * DAY) == Swept()
    acting.go_on()
    for job in (running, waiting):
        assert wait_until_ended(service, job).status is JobStatus.DONE


def test_a_job_that_was_retried_in_time_is_kept(service: JobService) -> None:
    job = submit(service)
    service.cancel("anna", job.id)
    service.retry("anna", job.id)
    assert service.janitor.sweep(now() + 2 * DAY) == Swept()
    service.worker.run_once()
    assert service.get("anna", job.id).status is JobStatus.DONE


def test_files_that_no_row_knows_go_after_some_hours(service: JobService, config: Config) -> None:
    service.incoming()
    young, old = (config.results_dir / uuid.uuid4().hex for _ in range(2))
    for folder in (young, old):
        folder.mkdir()
        (folder / "speech.wav").write_bytes(b"RIFF")
    for path in (old / "speech.wav", old):
        os.utime(path, (AGES_AGO, AGES_AGO))
    stale = service.incoming()
    stale.write_bytes(b"half")
    os.utime(stale, (AGES_AGO, AGES_AGO))
    assert service.janitor.sweep(now()) == Swept(orphans=1, stale_uploads=1)
    assert files(config) == [young, young / "speech.wav"]


def test_files_of_another_user_keep_neither_the_start_nor_a_sweep_from_the_rest(
    service: JobService, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a program leaves them that was once run as root."""
    submit(service)
    foreign, ours = sorted(uuid.uuid4().hex for _ in range(2))
    for name in (foreign, ours):
        (config.results_dir / name).mkdir()
    rename = Path.rename

    def renamed(path: Path, target: Path) -> Path:
        if path.name == foreign:
            raise PermissionError("not yours")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", renamed)
    service.janitor.drop_leftovers()
    assert (config.results_dir / foreign).exists()
    assert not (config.results_dir / ours).exists()
    os.utime(config.results_dir / foreign, (AGES_AGO, AGES_AGO))
    assert service.janitor.sweep(now()).orphans == 0


def test_an_old_job_is_no_orphan(service: JobService, config: Config) -> None:
    job = submit(service)
    for path in (config.uploads_dir / job.id / "source", config.uploads_dir / job.id):
        os.utime(path, (AGES_AGO, AGES_AGO))
    assert service.janitor.sweep(now()) == Swept()
    service.worker.run_once()
    assert service.get("anna", job.id).status is JobStatus.DONE


def test_a_clock_put_back_deletes_nothing_early_and_keeps_nothing_for_ever(
    service: JobService, store: JobStore
) -> None:
    job = submit(service)
    service.worker.run_once()
    assert service.janitor.sweep(now() - 300 * DAY) == Swept()
    assert service.get("anna", job.id).status is JobStatus.DONE
    assert service.janitor.sweep(now() - 298 * DAY).removed == 1


def test_what_ended_jobs_keep_to_go_on_with_goes_at_the_next_start(
    service: JobService, config: Config
) -> None:
    done, waiting = submit(service), submit(service)
    service.worker.run_once()
    parts = [config.results_dir / job.id / "clean.checkpoint.part" for job in (done, waiting)]
    for part in parts:
        part.write_bytes(b"so far")
    service.janitor.settle_lost_files()
    assert [part.exists() for part in parts] == [False, True]


def test_a_done_job_whose_results_were_taken_away_says_so(service: JobService, config: Config) -> None:
    import shutil

    job = submit(service)
    service.worker.run_once()
    shutil.rmtree(config.results_dir / job.id)
    assert service.janitor.settle_lost_files() == 1
    assert service.get("anna", job.id).status is JobStatus.FAILED


def test_a_file_that_cannot_be_deleted_now_is_deleted_later(
    service: JobService, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit(service)
    service.cancel("anna", job.id)

    def in_use(*_: object) -> None:
        raise PermissionError("another program has it open")

    with monkeypatch.context() as windows:
        windows.setattr(Path, "rename", in_use)
        service.delete("anna", job.id)
    with pytest.raises(NotFound):
        service.get("anna", job.id)
    assert service.janitor.sweep(now()).removed == 1
    assert files(config) == []


def test_the_janitor_sweeps_by_itself(make_service: Callable[..., JobService], config: Config) -> None:
    service = make_service(retention_s=0.1)
    service.start()
    job = submit(service)
    seen = service.changes.version("anna")
    for _ in range(60):
        if not service.list("anna") and not files(config):  # it is out of sight before its files are gone
            break
        seen = service.changes.wait("anna", seen, 0.5)
    with pytest.raises(NotFound):
        service.get("anna", job.id)
    assert files(config) == []


def test_nothing_at_work_or_just_asked_for_is_ever_deleted(
    make_service: Callable[..., JobService], config: Config, acting: Acting, store: JobStore
) -> None:
    """Let workers, a hasty janitor, and visitors who cancel, retry and delete get in each other's way."""
    missing: list[str] = []

    def careful(act: Stage) -> Stage:
        def stage(recording: Recording, engines: Engines, progress: Progress) -> Recording:
            done = act(recording, engines, progress)
            for step in range(3):
                if not recording.source.exists() or not recording.folder.exists():
                    missing.append(recording.name)
                progress(step / 3)
            return replace(done)

        return stage

    acting.stages = {name: careful(act) for name, act in acting.stages.items()}
    service = make_service(workers=3, max_active_jobs=1000, retention_s=0.02)
    service.start()
    over = threading.Event()

    def sweep() -> None:
        while not over.is_set():
            service.janitor.sweep(now())

    def visit(seed: int) -> None:
        chance = random.Random(seed)
        owner = f"visitor {seed}"

        def read(owner: str, job_id: str) -> object:
            return service.results.recording(service.get(owner, job_id))

        for n in range(15):
            job = submit(service, f"{seed}-{n}", owner)
            for _ in range(chance.randrange(4)):
                act = chance.choice((service.cancel, service.retry, service.delete, read))
                try:
                    act(owner, job.id)
                except AppError:
                    continue  # gone, or in another state: the race was lost, as it may be

    threads = [threading.Thread(target=visit, args=(seed,)) for seed in range(4)]
    threads += [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads[:4]:
        thread.join()
    while store.active():
        service.changes.wait("nobody", service.changes.version("nobody"), 0.2)
    over.set()
    for thread in threads:
        thread.join()
    service.stop()
    assert missing == []
    service.janitor.sweep(now() + DAY)
    assert store.visible() == []
    assert files(config) == []
