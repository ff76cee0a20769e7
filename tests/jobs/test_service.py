"""JobService: the queue with its real threads, as the rest of the program sees it."""

import errno
import threading
import time
from collections import namedtuple
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from app.config import Config
from app.errors import Conflict, NotFound, Overloaded, StorageFull
from app.jobs.job import Job, JobStatus
from app.jobs.service import JobService
from app.jobs.speeds import Measured
from tests.jobs.acting import SOUND_S, Acting, submit, upload, wait_until, wait_until_ended
from tests.jobs.test_store import on_both_databases
from tests.waiting import SOON_S

MakeService = Callable[..., JobService]


@on_both_databases
def test_a_submitted_job_becomes_minutes(service: JobService, acting: Acting) -> None:
    service.start()
    done = wait_until_ended(service, submit(service))
    assert done.status is JobStatus.DONE, done.error
    assert done.engines == {"extract": "ffmpeg", "transcribe": "an actor", "summarize": "an actor"}
    minutes = service.results.recording(done).minutes
    assert minutes is not None
    assert minutes.decisions[0].text == "СОВЕЩАНИЕ.MP4"
    assert set(acting.runs.values()) == {1}


@on_both_databases
def test_jobs_run_one_after_another_in_the_order_of_acceptance(service: JobService, acting: Acting) -> None:
    jobs = [submit(service, f"{n}", owner=f"visitor {n % 3}") for n in range(6)]
    service.start()
    for job in jobs:
        assert wait_until_ended(service, job).status is JobStatus.DONE
    assert acting.order == [f"{n}" for n in range(6) for _ in range(3)]


def test_three_workers_work_at_once(make_service: MakeService, acting: Acting) -> None:
    service = make_service(workers=3)
    acting.hold("transcribe")
    service.start()
    jobs = [submit(service, f"{n}") for n in range(4)]
    for _ in range(3):
        acting.wait_until_reached()
    statuses = [service.get("anna", job.id).status for job in jobs]
    assert statuses == [JobStatus.RUNNING] * 3 + [JobStatus.QUEUED]


# Submitting


def test_the_upload_becomes_the_source_for_us_alone(service: JobService, config: Config) -> None:
    path = upload(service, "звук")
    job = service.submit("anna", "звук.mp3", path, language="ru", stages=("extract", "transcribe"))
    assert not path.exists()
    recording = service.results.recording(job)
    assert recording.source.read_text(encoding="utf-8") == "звук"
    assert (recording.name, recording.language) == ("звук.mp3", "ru")
    assert recording.limits.max_duration_s == config.max_duration_s
    for folder in (recording.source.parent, recording.folder, path.parent):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_name_that_no_database_keeps_is_made_storable(service: JobService) -> None:
    job = service.submit("anna", "a\0b\ud800.mp3", upload(service))
    assert service.get("anna", job.id).name == "ab?.mp3"


def test_an_unknown_stage_is_refused_and_the_upload_stays(service: JobService) -> None:
    path = upload(service)
    with pytest.raises(ValueError, match="extract"):
        service.submit("anna", "a", path, stages=("extract", "sing"))
    assert path.exists()


@on_both_databases
def test_twenty_who_submit_at_once_are_not_let_in_beyond_the_limit(
    make_service: MakeService, config: Config
) -> None:
    service = make_service(max_active_jobs=5)
    together = threading.Barrier(20)
    paths = [upload(service) for _ in range(20)]

    def come(n: int) -> Job | Overloaded:
        together.wait()
        try:
            return service.submit(f"visitor {n}", "a", paths[n])
        except Overloaded as error:
            return error

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(come, range(20)))
    assert sum(isinstance(answer, Job) for answer in answers) == 5
    for path, answer in zip(paths, answers, strict=True):
        assert path.exists() == isinstance(answer, Overloaded), "the upload of who is refused is his own"
    left = [path.name for path in config.uploads_dir.iterdir() if len(path.name) == 32]
    assert sorted(left) == sorted(answer.id for answer in answers if isinstance(answer, Job))


def test_who_comes_to_a_full_queue_hears_when_to_come_back(make_service: MakeService, acting: Acting) -> None:
    service = make_service(max_active_jobs=2)
    submit(service)
    service.admit(1)
    with pytest.raises(Overloaded) as refused:
        service.admit(2)
    assert refused.value.retry_after_s == 60, "nothing was measured yet"
    assert "1 min" in str(refused.value)


def test_the_disk_reserve_is_kept(make_service: MakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(1000, 0, 1000))
    service = make_service(disk_reserve_bytes=600)
    service.admit(1, size_bytes=400)
    with pytest.raises(StorageFull):
        service.admit(1, size_bytes=401)


def test_a_disk_that_is_full_on_arrival_costs_nothing(
    service: JobService, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = upload(service)
    monkeypatch.setattr("app.jobs.store.JobStore.add", no_space)
    with pytest.raises(OSError, match="No space"):
        service.submit("anna", "a", path)
    assert path.exists()
    assert [p.name for p in config.uploads_dir.iterdir() if len(p.name) == 32] == []


# Visitors are apart


@on_both_databases
def test_a_foreign_job_and_an_unknown_one_are_not_found_in_the_same_words(service: JobService) -> None:
    job = submit(service)
    answers = set()
    for owner, job_id in (("boris", job.id), ("anna", "0" * 32), ("anna", "../../etc"), ("anna", "\0")):
        for ask in (service.get, service.cancel, service.retry, service.delete):
            with pytest.raises(NotFound) as refused:
                ask(owner, job_id)
            answers.add(str(refused.value))
    assert len(answers) == 1
    assert service.get("anna", job.id) == job


# Cancel, retry, delete


def test_a_waiting_job_is_cancelled_at_once_and_twice_is_once(service: JobService) -> None:
    job = submit(service)
    assert service.cancel("anna", job.id).status is JobStatus.CANCELLED
    assert service.cancel("anna", job.id).status is JobStatus.CANCELLED


@on_both_databases
def test_the_work_on_a_cancelled_job_stops_within_two_seconds(service: JobService, acting: Acting) -> None:
    acting.hold("transcribe")
    service.start()
    job = submit(service)
    acting.wait_until_reached()
    began = time.monotonic()
    assert service.cancel("anna", job.id).cancel_requested
    ended = wait_until_ended(service, job)
    assert ended.status is JobStatus.CANCELLED
    assert time.monotonic() - began < SOON_S
    assert ended.error is None
    assert ended.expires_at is not None


def test_a_cancel_in_another_process_stops_the_work_within_two_seconds(
    make_service: MakeService, acting: Acting
) -> None:
    working, other = make_service(), make_service()
    acting.hold("transcribe")
    working.start()
    job = submit(other)
    acting.wait_until_reached()
    began = time.monotonic()
    other.cancel("anna", job.id)
    assert wait_until_ended(working, job).status is JobStatus.CANCELLED
    assert time.monotonic() - began < SOON_S


def test_a_cancelled_job_that_is_retried_keeps_its_finished_stages(
    service: JobService, acting: Acting
) -> None:
    acting.hold("transcribe")
    service.start()
    job = submit(service, "a")
    acting.wait_until_reached()
    service.cancel("anna", job.id)
    wait_until_ended(service, job)
    acting.go_on()
    again = service.retry("anna", job.id)
    assert (again.status, again.attempt, again.error) == (JobStatus.QUEUED, 0, None)
    assert wait_until_ended(service, job).status is JobStatus.DONE
    assert acting.runs == {("extract", "a"): 1, ("transcribe", "a"): 2, ("summarize", "a"): 1}


def test_only_what_has_failed_or_was_cancelled_is_retried(service: JobService, acting: Acting) -> None:
    acting.hold("extract")
    queued = submit(service)
    with pytest.raises(Conflict):
        service.retry("anna", queued.id)
    service.start()
    acting.wait_until_reached()
    with pytest.raises(Conflict):
        service.retry("anna", queued.id)
    acting.go_on()
    wait_until_ended(service, queued)
    with pytest.raises(Conflict):
        service.retry("anna", queued.id)


def test_a_retry_finds_the_queue_full_like_everybody(make_service: MakeService) -> None:
    service = make_service(max_active_jobs=1)
    job = submit(service)
    service.cancel("anna", job.id)
    submit(service)
    with pytest.raises(Overloaded):
        service.retry("anna", job.id)


def test_a_deleted_job_leaves_nothing(service: JobService, config: Config) -> None:
    service.start()
    job = submit(service)
    wait_until_ended(service, job)
    service.delete("anna", job.id)
    with pytest.raises(NotFound):
        service.get("anna", job.id)
    assert left(config) == []


def test_a_deleted_job_that_runs_stops_and_leaves_nothing(
    service: JobService, config: Config, acting: Acting
) -> None:
    acting.hold("transcribe")
    service.start()
    job = submit(service)
    acting.wait_until_reached()
    service.delete("anna", job.id)
    with pytest.raises(NotFound):
        service.get("anna", job.id)
    acting.hold("nothing")
    after = submit(service)  # one worker: it runs when the deleted one is gone
    acting.go_on()
    wait_until_ended(service, after)
    assert job.id not in {path.name for path in left(config)}


def left(config: Config) -> list[Path]:
    trees = (config.uploads_dir, config.results_dir)
    return [path for tree in trees for path in tree.rglob("*") if path.name not in ("trash", "incoming")]


# What a visitor sees while he waits


def test_the_page_hears_of_progress_at_most_twice_a_second(service: JobService, acting: Acting) -> None:
    acting.hold("transcribe")
    service.start()
    job = submit(service)
    acting.wait_until_reached()
    now = wait_until(service, lambda job: job.stage == "transcribe" and job.progress == 0.5, job)
    assert now.status is JobStatus.RUNNING
    seen = service.changes.version("anna")
    assert service.changes.wait("anna", seen, 1.2) == seen, "nothing moves, nobody is woken"


def test_a_waiting_visitor_hears_that_the_queue_before_him_moved(service: JobService, acting: Acting) -> None:
    acting.hold("transcribe")
    service.start()
    first = submit(service, owner="anna")
    acting.wait_until_reached()
    middle, mine = submit(service, owner="boris"), submit(service, owner="vera")
    assert service.forecast(mine).position == 2
    seen = service.changes.version("vera")
    service.cancel("boris", middle.id)
    assert service.changes.wait("vera", seen, 5) != seen
    assert service.forecast(mine).position == 1
    assert service.forecast(service.get("anna", first.id)).position is None


def test_sixty_listeners_are_told_at_once(service: JobService) -> None:
    seen = service.changes.version("anna")
    with ThreadPoolExecutor(60) as pool:
        heard = [pool.submit(service.changes.wait, "anna", seen, 60) for _ in range(60)]
        began = time.monotonic()
        submit(service)
        assert all(future.result() != seen for future in heard)
    assert time.monotonic() - began < SOON_S


def test_what_one_visitor_does_alone_wakes_no_other(service: JobService, acting: Acting) -> None:
    acting.hold("extract")
    service.start()
    submit(service, owner="anna")
    acting.wait_until_reached()
    seen = service.changes.version("boris")
    assert service.changes.wait("boris", seen, 1.2) == seen


def test_the_forecast_rests_on_what_this_machine_needed(service: JobService, acting: Acting) -> None:
    first = submit(service)
    assert service.forecast(first).remaining_s is None, "nothing was measured yet"
    assert service.forecast(first).starts_in_s == 0
    service.start()
    wait_until_ended(service, first)
    service.stop()
    one, two = submit(service), submit(service)
    soon, later = service.forecast(one), service.forecast(two)
    assert soon.remaining_s is not None
    assert later.remaining_s == pytest.approx(2 * soon.remaining_s)
    assert later.starts_in_s == pytest.approx(soon.remaining_s)
    assert soon.remaining_s < SOUND_S


def test_an_ended_job_says_when_it_will_go(make_service: MakeService) -> None:
    service = make_service(retention_s=3600)
    service.start()
    ended = wait_until_ended(service, submit(service))
    assert ended.finished_at is not None
    assert ended.expires_at is not None
    assert (ended.expires_at - ended.finished_at).total_seconds() == 3600
    assert service.forecast(ended).fraction == 1


def test_jobs_far_behind_in_a_long_queue_have_their_real_positions(
    service: JobService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.admission.MOST_LOOKED_AT", 3)
    monkeypatch.setattr(service._store, "active", partial(service._store.active, most=3))
    service.speeds.measure(Measured("extract", "ffmpeg", 60.0, 60.0))
    first = [submit(service, f"{n}", "anna") for n in range(4)]
    his = [submit(service, f"{n}", "boris") for n in range(2)]
    order = [first[0], his[0], first[1], his[1], first[2], first[3]]
    shown = service.forecasts(order)
    assert [forecast.position for forecast in shown] == [1, 2, 3, 4, 5, 6]
    assert [service.forecast(job).position for job in order] == [1, 2, 3, 4, 5, 6]
