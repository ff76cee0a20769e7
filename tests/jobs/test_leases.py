"""Leases: one job goes to one worker, and comes back from a dead one."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.jobs.job import Job, JobError, JobStatus
from app.jobs.leases import Leases, StageEnd
from app.jobs.queue_order import LONGEST_PAUSE
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from tests.jobs.test_store import accept, on_both_databases

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=1)


def seen(store: JobStore, job: Job) -> Job:
    now = store.get(job.owner, job.id)
    assert now is not None
    return now


def end_pauses(store: JobStore) -> None:
    """Let the time come at which jobs are tried again."""
    with store.begin() as session:
        session.execute(update(JobRow).values(waits_until=None))


@on_both_databases
def test_the_last_stage_ends_with_its_job_in_one_write(store: JobStore, leases: Leases) -> None:
    job = accept(store)
    leases.claim("here", "a lease")
    engines = {"extract": "ffmpeg", "summarize": "extractive"}
    finished = leases.finish("a lease", JobStatus.DONE, last=StageEnd(engines, 61.5))
    assert finished
    assert (finished.job.status, finished.job.engines, finished.job.duration_s) == ("done", engines, 61.5)
    assert store.get(job.owner, job.id) == finished.job


@on_both_databases
def test_eight_workers_take_each_of_200_jobs_once(store: JobStore, leases: Leases) -> None:
    jobs = [accept(store) for _ in range(200)]
    together = threading.Barrier(8)

    def take_all(_: int) -> list[str]:
        together.wait()
        taken = []
        while job := leases.claim("here", uuid.uuid4().hex):
            taken.append(job.id)
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = [job_id for ids in pool.map(take_all, range(8)) for job_id in ids]
    assert sorted(taken) == sorted(job.id for job in jobs)


@on_both_databases
def test_jobs_are_taken_in_the_order_of_acceptance(store: JobStore, leases: Leases) -> None:
    jobs = [accept(store) for _ in range(5)]
    taken = [leases.claim("here", f"lease {n}") for n in range(6)]
    assert [job and job.id for job in taken] == [*(job.id for job in jobs), None]


@on_both_databases
def test_a_claim_shows_that_the_job_runs(store: JobStore, leases: Leases) -> None:
    job = accept(store)
    taken = leases.claim("here", "a lease")
    assert taken is not None
    assert taken == seen(store, job)
    assert (taken.status, taken.attempt, taken.stage) == (JobStatus.RUNNING, 1, None)
    assert taken.started_at is not None
    assert taken.started_at.tzinfo == UTC


@on_both_databases
def test_progress_is_kept_with_the_lease(store: JobStore, leases: Leases) -> None:
    job = accept(store)
    leases.claim("here", "a lease")
    leases.begin_stage("a lease", "extract")
    leases.progress("a lease", "extract", 0.25)
    leases.progress("a lease", "transcribe", 0.75)
    now = seen(store, job)
    assert (now.stage, now.progress) == ("extract", 0.25)
    leases.end_stage("a lease", {"extract": "ffmpeg"}, 61.5, worked=True)
    now = seen(store, job)
    assert (now.engines, now.duration_s) == ({"extract": "ffmpeg"}, 61.5)


def test_a_worker_hears_who_wants_its_job_to_stop(store: JobStore, leases: Leases) -> None:
    first, _ = accept(store), accept(store)
    leases.claim("here", "one")
    leases.claim("here", "two")
    store.cancel("anna", first.id)
    assert leases.wanted(["one", "two", "three"]) == {"one": True, "two": False}


@on_both_databases
def test_a_worker_that_lost_its_lease_changes_nothing(store: JobStore, leases: Leases) -> None:
    job = accept(store)
    leases.claim("dead", "old")
    assert leases.take_back("here", list, LATER) == 1
    end_pauses(store)
    leases.claim("here", "new")
    before = seen(store, job)
    leases.renew("old")
    leases.progress("old", "extract", 0.9)
    leases.begin_stage("old", "transcribe")
    leases.end_stage("old", {"extract": "ffmpeg"}, 5.0, worked=True)
    leases.release("old")
    assert leases.finish("old", JobStatus.DONE) is None
    assert seen(store, job) == before


@on_both_databases
def test_the_jobs_of_a_dead_process_of_this_folder_are_taken_back_at_once(
    store: JobStore, leases: Leases
) -> None:
    first, second = accept(store), accept(store)
    leases.claim("here", "dead")
    assert leases.take_back("here", list, NOW) == 1
    back = seen(store, first)
    assert (back.status, back.attempt) == (JobStatus.QUEUED, 1)
    end_pauses(store)
    assert [job.id for job in store.active()] == [first.id, second.id], "it keeps its place"


@on_both_databases
def test_the_jobs_of_another_node_are_taken_back_when_their_lease_ran_out(
    store: JobStore, leases: Leases
) -> None:
    accept(store)
    leases.claim("there", "a lease")
    assert leases.take_back("here", list, NOW) == 0
    assert leases.take_back("here", list, LATER) == 1


def test_our_own_running_job_is_not_taken_back_when_the_clock_jumps(store: JobStore, leases: Leases) -> None:
    accept(store)
    leases.claim("here", "mine")
    assert leases.take_back("here", lambda: ["mine"], LATER) == 0


@on_both_databases
def test_a_job_that_was_claimed_anew_since_it_was_seen_is_not_taken_back(
    store: JobStore, leases: Leases
) -> None:
    job = accept(store)
    leases.claim("there", "dead")

    def another_process_is_quicker() -> list[str]:
        leases.take_back("there", list, NOW)
        end_pauses(store)
        assert leases.claim("there", "new")
        return []

    assert leases.take_back("here", another_process_is_quicker, LATER) == 0
    assert leases.wanted(["new"]) == {"new": False}
    assert seen(store, job).attempt == 2


@on_both_databases
def test_a_job_that_kills_its_process_is_given_up_with_a_reason(make_config: Any, store: JobStore) -> None:
    leases = Leases(make_config(max_attempts=3), store)
    job = accept(store)
    for attempt in (1, 2, 3):
        taken = leases.claim("here", f"lease {attempt}")
        assert taken is not None
        assert taken.attempt == attempt
        leases.end_stage(f"lease {attempt}", {"extract": "ffmpeg"}, 5.0, worked=False)
        leases.take_back("here", list, NOW)
        end_pauses(store)
    failed = seen(store, job)
    assert failed.status is JobStatus.FAILED
    assert failed.finished_at is not None
    assert "3 times" in str(failed.error)


def test_a_finished_stage_counts_the_attempts_anew(store: JobStore, leases: Leases) -> None:
    job = accept(store)
    for attempt in range(1, 8):
        leases.claim("here", f"lease {attempt}")
        leases.end_stage(f"lease {attempt}", {"extract": "ffmpeg"}, 5.0, worked=True)
        leases.take_back("here", list, NOW)
        end_pauses(store)
    assert seen(store, job).status is JobStatus.QUEUED


def test_a_part_of_a_stage_that_is_safe_counts_the_attempts_anew(store: JobStore, leases: Leases) -> None:
    job = accept(store)
    for attempt in range(1, 8):
        leases.claim("here", f"lease {attempt}")
        leases.keep_part(f"lease {attempt}")
        leases.take_back("here", list, NOW)
        end_pauses(store)
    assert seen(store, job).status is JobStatus.QUEUED


@on_both_databases
def test_a_job_whose_process_died_is_tried_alone_until_it_gets_further(
    store: JobStore, leases: Leases
) -> None:
    suspect, beside, third = accept(store), accept(store), accept(store)
    leases.claim("here", "one")
    leases.take_back("here", list, datetime.now(UTC) + LONGEST_PAUSE)
    taken = leases.claim("here", "two")
    assert taken is not None
    assert taken.id == beside.id, "it waits, so another goes first"
    end_pauses(store)
    assert leases.claim("here", "three") is None, "it is the next, but not beside another"
    leases.finish("two", JobStatus.DONE)
    again = leases.claim("here", "three")
    assert again is not None
    assert again.id == suspect.id
    assert leases.claim("here", "four") is None, "none starts beside it"
    elsewhere = leases.claim("there", "five")
    assert elsewhere is not None
    assert elsewhere.id == third.id, "but on another machine"
    leases.take_back("there", list, NOW)
    end_pauses(store)
    leases.keep_part("three")
    assert leases.claim("here", "six") is None, "the third died as well"
    fourth = accept(store)
    leases.take_back("there", list, NOW)
    leases.finish("three", JobStatus.DONE)
    assert [leases.claim("here", "six"), seen(store, fourth).status] == [
        seen(store, third),
        JobStatus.QUEUED,
    ]
    leases.keep_part("six")
    assert leases.claim("here", "seven") == seen(store, fourth), "it got further than before"


@on_both_databases
def test_the_pauses_before_a_job_is_tried_again_grow(make_config: Any, store: JobStore) -> None:
    leases = Leases(make_config(max_attempts=9), store)
    accept(store)
    pauses = []
    for n in range(6):
        assert leases.claim("here", f"lease {n}")
        leases.take_back("here", list, NOW)
        with store.begin() as session:
            [until] = session.scalars(select(JobRow.waits_until))
        assert until is not None
        pauses.append((until - NOW).total_seconds())
        end_pauses(store)
    assert pauses == [0, 10, 100, 600, 600, 600]


@on_both_databases
def test_a_cancelled_job_of_a_dead_process_ends_cancelled(store: JobStore, leases: Leases) -> None:
    job = accept(store)
    leases.claim("here", "dead")
    store.cancel("anna", job.id)
    leases.take_back("here", list, NOW)
    assert seen(store, job).status is JobStatus.CANCELLED


@on_both_databases
def test_a_job_given_back_at_the_stop_is_as_if_never_taken(store: JobStore, leases: Leases) -> None:
    first, second = accept(store), accept(store)
    leases.claim("here", "a lease")
    leases.release("a lease")
    assert seen(store, first).attempt == 0
    assert [job.id for job in store.active()] == [first.id, second.id]


def test_a_job_cancelled_at_the_stop_is_not_given_back(store: JobStore, leases: Leases) -> None:
    job = accept(store)
    leases.claim("here", "a lease")
    store.cancel("anna", job.id)
    leases.release("a lease")
    assert seen(store, job).status is JobStatus.CANCELLED


@on_both_databases
def test_a_postponed_job_waits_at_its_place(
    store: JobStore, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.jobs.leases.FIRST_PAUSE", timedelta(minutes=1))  # longer than this test takes
    first, second = accept(store), accept(store)
    leases.claim("here", "one")
    assert leases.postpone("one", JobError("away"))
    waiting = seen(store, first)
    assert (waiting.status, waiting.attempt, str(waiting.error)) == (JobStatus.QUEUED, 0, "away")
    assert waiting.next_try_at is not None
    assert waiting.next_try_at > datetime.now(UTC)
    assert [job.id for job in store.active()] == [second.id]
    taken = leases.claim("here", "two")
    assert taken is not None
    assert taken.id == second.id
    assert leases.claim("here", "three") is None


@on_both_databases
def test_the_pauses_of_a_postponed_job_double(store: JobStore, leases: Leases) -> None:
    job = accept(store)
    pauses = []
    for waited_s in (0, 1, 10, 100, 10_000):
        with store.begin() as session:
            since = datetime.now(UTC) - timedelta(seconds=waited_s)
            session.execute(
                update(JobRow).values(waiting_since=since if waited_s else None, waits_until=None)
            )
        assert leases.claim("here", f"{waited_s}")
        before = datetime.now(UTC)
        assert leases.postpone(f"{waited_s}", JobError("away"))
        next_try_at = seen(store, job).next_try_at
        assert next_try_at is not None
        pauses.append((next_try_at - before).total_seconds())
    assert pauses == pytest.approx([1, 1, 10, 100, 600], abs=0.9)


@on_both_databases
def test_a_postponed_job_is_taken_when_its_time_has_come_and_forgets_it_by_its_next_stage(
    store: JobStore, leases: Leases
) -> None:
    job = accept(store)
    leases.claim("here", "one")
    leases.postpone("one", JobError("away"))
    with store.begin() as session:
        session.execute(update(JobRow).values(waits_until=NOW))
    taken = leases.claim("here", "two")
    assert taken is not None
    assert (taken.error, taken.attempt) == (None, 1)
    leases.end_stage("two", {"fetch": "S3"}, None, worked=True)
    assert seen(store, job).next_try_at is None


@on_both_databases
def test_who_is_to_be_cancelled_or_has_waited_for_long_is_not_postponed(
    store: JobStore, leases: Leases
) -> None:
    cancelled, patient = accept(store), accept(store)
    leases.claim("here", "one")
    leases.claim("here", "two")
    store.cancel("anna", cancelled.id)
    assert not leases.postpone("one", JobError("away"))
    with store.begin() as session:
        session.execute(update(JobRow).values(waiting_since=NOW - timedelta(days=4)))
    assert not leases.postpone("two", JobError("away"))
    assert not leases.postpone("never held", JobError("away"))
    assert seen(store, patient).status is JobStatus.RUNNING
