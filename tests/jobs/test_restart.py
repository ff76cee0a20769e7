"""`kill -9` at any moment: what was accepted goes on, nothing runs twice, nothing is left over."""

import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.config import Config
from app.jobs.expiry import Expiry
from app.jobs.job import JobStatus
from app.jobs.service import JobService
from app.jobs.store import JobStore
from app.pipeline import ALL_STAGES, artifacts
from tests.jobs.acting import Acting, submit, wait_until_ended
from tests.jobs.child import Child, noted
from tests.jobs.test_store import on_both_databases
from tests.postgres import Postgres
from tests.waiting import SOON_S

pytestmark = pytest.mark.slow


@pytest.fixture
def log(config: Config) -> Path:
    config.data_dir.mkdir(exist_ok=True)
    return config.data_dir / "stages.log"


@pytest.fixture
def survivor(config: Config, store: JobStore, acting: Acting, log: Path) -> JobService:
    """Give the process after the last kill: this one."""
    return JobService(config, store, acting.engines, noted(acting.stages, log))


def notes(log: Path, kind: str) -> Counter[tuple[str, ...]]:
    written = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return Counter(tuple(line.split()[1:]) for line in written if line.startswith(kind))


@on_both_databases
def test_a_job_killed_in_the_middle_of_each_stage_goes_on_after_the_last_finished_one(
    config: Config, survivor: JobService, log: Path
) -> None:
    job = submit(survivor, "a")
    other = submit(survivor, "b")
    for stage in ("extract", "transcribe", "summarize"):
        started = time.monotonic()
        process = Child(config, hold=stage)
        assert process.line() == ["reached", stage, "a"]
        assert time.monotonic() - started < SOON_S, "back at work soon after the start"
        running = survivor.get("anna", job.id)
        assert (running.status, running.stage) == (JobStatus.RUNNING, stage)
        process.kill()
    survivor.start()
    try:
        for accepted in (job, other):
            assert wait_until_ended(survivor, accepted).status is JobStatus.DONE
    finally:
        survivor.stop()
    stages = ("extract", "transcribe", "summarize")
    assert notes(log, "end") == Counter((stage, name) for stage in stages for name in "ab")
    assert notes(log, "begin") == Counter({(s, n): 2 if n == "a" else 1 for s in stages for n in "ab"})


def test_a_job_that_kills_the_process_each_time_is_given_up(
    make_config: Callable[..., Config], store: JobStore, acting: Acting, log: Path
) -> None:
    config = make_config(max_attempts=3)  # before the fourth it would pause for 100 s
    survivor = JobService(config, store, acting.engines, noted(acting.stages, log))
    poison = submit(survivor, "a")
    for _ in range(config.max_attempts):
        process = Child(config, hold="transcribe")
        process.line()
        process.kill()
    survivor.start()
    try:
        failed = wait_until_ended(survivor, poison)
    finally:
        survivor.stop()
    # The first attempt finished `extract`, so it does not count against the ones that followed.
    assert failed.status is JobStatus.FAILED
    assert "3 times" in str(failed.error)
    assert notes(log, "begin")["extract", "a"] == 1


POINTS = [
    ("app.jobs.folders:Folders.accept", "before"),
    ("app.jobs.folders:Folders.accept", "after"),
    ("app.jobs.store:JobStore.add", "after"),
    ("app.jobs.leases:Leases.claim", "before"),
    ("app.jobs.leases:Leases.claim", "after"),
    ("app.jobs.leases:Leases.begin_stage", "after"),
    ("app.pipeline.artifacts:save", "before"),
    ("app.pipeline.artifacts:save", "after"),
    ("app.jobs.leases:Leases.end_stage", "after"),
    ("app.jobs.speeds:Speeds.measure", "after"),
    ("app.jobs.leases:Leases.finish", "before"),
    ("app.jobs.leases:Leases.finish", "after"),
    ("app.jobs.store:JobStore.cancel", "after"),
    ("app.jobs.store:JobStore.requeue", "after"),
    ("app.jobs.store:JobStore.hide", "after"),
    ("app.jobs.folders:Folders.remove", "before"),
    ("app.jobs.folders:Folders.remove", "after"),
    ("app.jobs.expiry:Expiry.forget", "after"),
    ("app.jobs.expiry:Expiry.expire", "after"),
]

BESIDE_THE_WORKER = {
    f"app.jobs.{name}"
    for name in (
        "folders:Folders.accept", "store:JobStore.add", "store:JobStore.cancel", "store:JobStore.requeue",
        "store:JobStore.hide", "folders:Folders.remove", "expiry:Expiry.forget", "expiry:Expiry.expire",
    )
}  # fmt: skip


@pytest.mark.parametrize(("function", "when"), POINTS, ids=[f"{when} {name}" for name, when in POINTS])
def test_a_kill_at_any_point_loses_nothing_and_leaves_nothing(
    config: Config, survivor: JobService, store: JobStore, log: Path, function: str, when: str
) -> None:
    process = Child(config, kill_at=(function, when))
    said = list(process.lines())
    assert process.wait() == -9, "the point was reached"

    last = {job_id: word for word, _, job_id in said}
    may_be_cancelled = function.endswith("cancel")  # killed after the commit, before it was said
    saved = {
        (stage, job.name)
        for job in store.visible()
        for stage in job.stages
        if artifacts.load(stage, survivor.results.recording(job)) is not None
    }
    survivor.start()
    try:
        there = {job.id: wait_until_ended(survivor, job) for job in store.visible()}
    finally:
        survivor.stop()
    for job_id, word in last.items():
        assert job_id in there or word in ("deleting", "sweeping"), f"lost, though it was {word}"
    for job in there.values():
        if job.status is not JobStatus.CANCELLED or not (may_be_cancelled or last[job.id] == "cancelled"):
            assert job.status is JobStatus.DONE
            assert survivor.results.recording(job).minutes is not None

    again = notes(log, "end") - Counter(set(notes(log, "end")))
    assert not saved & again.keys(), "a finished stage ran twice"
    if function in BESIDE_THE_WORKER:  # the kill may also meet it between a stage's end and its artifact
        assert again.total() <= 1, "ran twice"
    else:
        assert again.total() == (1 if function.endswith(":save") and when == "before" else 0), "ran twice"

    survivor.janitor.sweep(datetime.now(UTC) + timedelta(days=2))
    trees = (config.uploads_dir, config.results_dir)
    left = [path.name for tree in trees for path in tree.rglob("*") if path.name not in ("trash", "incoming")]
    assert left == []
    assert store.visible() == []
    assert Expiry(store).to_delete() == []
    with store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_copy_of_the_database_taken_at_any_moment_is_whole(
    config: Config, survivor: JobService, tmp_path: Path
) -> None:
    """Stand in for a power cut: the files as they are while jobs run."""
    survivor.start()
    try:
        for n in range(20):
            if n % 4 == 0:
                last = submit(survivor, f"{n}")
            copy = tmp_path / f"copy {n}"
            copy.mkdir()
            for name in ("konspekt.db", "konspekt.db-wal"):
                source = config.data_dir / name
                if source.exists():
                    (copy / name).write_bytes(source.read_bytes())
            copied = JobStore(config.model_copy(update={"data_dir": copy}))
            with copied.engine.connect() as connection:
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            copied.close()
        wait_until_ended(survivor, last)
    finally:
        survivor.stop()


# Two processes


def test_a_second_process_stands_by_and_takes_over_when_the_first_is_killed(
    config: Config, survivor: JobService, log: Path
) -> None:
    process = Child(config, hold="extract")
    job = submit(survivor, "a")
    assert process.line() == ["reached", "extract", "a"]
    survivor.start()
    try:
        seen = survivor.changes.version("anna")
        survivor.changes.wait("anna", seen, 1.5)
        assert survivor.get("anna", job.id).status is JobStatus.RUNNING
        assert notes(log, "begin") == {("extract", "a"): 1}, "two processes do not both work"
        killed = time.monotonic()
        process.kill()
        assert wait_until_ended(survivor, job).status is JobStatus.DONE
        assert time.monotonic() - killed < SOON_S
    finally:
        survivor.stop()


def test_a_stopped_process_gives_its_job_back_at_once(
    make_service: Callable[..., JobService], acting: Acting
) -> None:
    first, second = make_service(), make_service()
    acting.hold("transcribe")
    first.start()
    job = submit(first, "a")
    acting.wait_until_reached()
    began = time.monotonic()
    first.stop()
    assert time.monotonic() - began < SOON_S
    back = second.get("anna", job.id)
    assert (back.status, back.attempt) == (JobStatus.QUEUED, 0)
    acting.go_on()
    second.start()
    assert wait_until_ended(second, job).status is JobStatus.DONE
    assert acting.runs["extract", "a"] == 1


def test_a_job_whose_upload_was_taken_away_says_so(service: JobService, config: Config) -> None:
    job = submit(service)
    (config.uploads_dir / job.id / "source").unlink()
    service.start()
    failed = wait_until_ended(service, job)
    assert failed.status is JobStatus.FAILED
    assert re.search("send it again", str(failed.error))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_postgresql_that_crashes_under_load_costs_no_job_and_doubles_none(
    make_service: Callable[..., JobService], acting: Acting, postgres: Postgres, store: JobStore
) -> None:
    service = make_service(workers=2)
    jobs = [submit(service, f"{n}") for n in range(8)]
    acting.hold("transcribe")
    service.start()
    for _ in range(2):
        acting.wait_until_reached()
    postgres.stop("immediate")
    acting.go_on()  # stages end while the database is away
    postgres.start()
    for job in jobs:
        assert wait_until_ended(service, job).status is JobStatus.DONE
    assert acting.runs == {(stage, f"{n}"): 1 for stage in ALL_STAGES for n in range(8)}
