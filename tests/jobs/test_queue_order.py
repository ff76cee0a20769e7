"""One order: workers take jobs in it, the page counts positions in it, and forecasts are made in it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, update

from app.jobs import leases as leases_module
from app.jobs import store as store_module
from app.jobs.forecast import Schedule
from app.jobs.job import Job, JobPriority, JobStatus
from app.jobs.leases import Leases
from app.jobs.simulation import Seat
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from tests.jobs.test_store import accept, new, on_both_databases


def position(store: JobStore, job: Job) -> int | None:
    return store.positions([job]).get(job.id)


def orders(store: JobStore, leases: Leases) -> tuple[list[str], list[str], list[str]]:
    """Return the ids of what waits: as the schedule has it, by position, and as workers take it."""
    active = store.active()
    schedule = Schedule(active, {}, [Seat()] * 1)
    now = datetime.now(UTC)
    by_position = sorted(active, key=lambda job: schedule.forecast(job, now).position or 0)
    taken = []
    while job := leases.claim("here", f"lease {len(taken)}"):
        taken.append(job.id)
    return [job.id for job in active], [job.id for job in by_position], taken


@on_both_databases
def test_what_came_first_is_first_everywhere(store: JobStore, leases: Leases) -> None:
    accepted = [accept(store).id for _ in range(4)]
    assert orders(store, leases) == (accepted, accepted, accepted)


def test_another_rule_in_its_one_place_holds_everywhere(
    store: JobStore, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (store_module, leases_module):
        monkeypatch.setattr(module, "queue_order", lambda: (JobRow.queue_number.desc(),))
    accepted = [accept(store).id for _ in range(4)]
    last_first = accepted[::-1]
    assert orders(store, leases) == (last_first, last_first, last_first)


@on_both_databases
def test_many_recordings_of_one_visitor_do_not_stand_before_the_first_of_another(
    store: JobStore, leases: Leases
) -> None:
    many = [accept(store, "anna") for _ in range(100)]
    leases.claim("here", "a lease")
    first, second = accept(store, "boris"), accept(store, "boris")
    late = accept(store, "vera")
    assert position(store, first) == 1, "one of anna's runs"
    assert position(store, late) == 2
    assert position(store, many[1]) == 3
    assert position(store, second) == 4
    assert position(store, many[99]) == 102
    taken = [leases.claim("here", f"lease {n}") for n in range(5)]
    assert [job and job.id for job in taken] == [first.id, late.id, many[1].id, second.id, many[2].id]


@on_both_databases
def test_a_job_that_pauses_counts_in_no_position(store: JobStore) -> None:
    jobs = [accept(store) for _ in range(5)]
    with store.begin() as session:
        soon = datetime.now(UTC) + timedelta(seconds=60)
        paused = update(JobRow).where(JobRow.id.in_([jobs[0].id, jobs[2].id]))
        session.execute(paused.values(waits_until=soon))
    assert store.positions(jobs) == {jobs[1].id: 1, jobs[3].id: 2, jobs[4].id: 3}
    assert position(store, jobs[4]) == 3
    assert store.n_waiting() == 3


def test_positions_are_counted_without_a_look_at_any_row(store: JobStore) -> None:
    jobs = [accept(store) for _ in range(3)]
    with store.begin() as session:
        session.execute(update(JobRow).where(JobRow.id == jobs[0].id).values(priority=JobPriority.BATCH))
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    assert store.positions(jobs) == {jobs[1].id: 1, jobs[2].id: 2, jobs[0].id: 3}, "a new priority moves it"
    event.remove(store.engine, "before_cursor_execute", note)
    counts = [query for query in asked if "count(" in query[0]]
    assert len(counts) == 3
    with store.engine.connect() as connection:
        for statement, parameters in counts:
            [plan] = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters).all()
            assert "COVERING INDEX ix_jobs_queue" in plan[-1]


@on_both_databases
def test_who_has_cancelled_all_begins_anew(store: JobStore) -> None:
    for _ in range(50):
        store.cancel("anna", accept(store, "anna").id)
    hers, his = accept(store, "anna"), accept(store, "boris")
    assert (position(store, hers), position(store, his)) == (1, 2)
    store.cancel("anna", hers.id)
    again = store.requeue("anna", hers.id, 1000)
    assert again is not None
    assert (position(store, his), position(store, again)) == (1, 2)
    assert position(store, store.get("anna", hers.id) or hers) == 2
    store.cancel("boris", his.id)
    assert position(store, his) is None


@on_both_databases
def test_what_a_person_waits_for_goes_before_what_programs_have_sent(store: JobStore, leases: Leases) -> None:
    batch = [store.add(replace(new("service"), priority=JobPriority.BATCH), 1000) for _ in range(3)]
    person = accept(store, "anna")
    taken = [leases.claim("here", f"lease {n}") for n in range(4)]
    assert [job and job.id for job in taken] == [person.id, *(job and job.id for job in batch)]


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(st.lists(st.one_of(st.sampled_from("abc"), st.sampled_from(["start", "end", "cancel"])), max_size=40))
def test_before_the_only_job_of_a_visitor_each_other_begins_one_at_most(
    store: JobStore, leases: Leases, steps: list[str]
) -> None:
    with store.begin() as session:
        session.execute(delete(JobRow))
    running: list[str] = []
    waiting: dict[str, Job] = {}
    begun: dict[str, Counter[str]] = {}  # by an only job: what began before it, by owner
    for n, step in enumerate([*steps, *["start"] * len(steps)]):
        if n >= len(steps) and not waiting:
            break
        if step == "start":
            expected = store.positions([*waiting.values()])
            job = leases.claim("here", f"lease {n}")
            assert (job is None) == (not waiting)
            if job:
                assert expected[job.id] == 1, "the position shown is the real order"
                running.append(f"lease {n}")
                del waiting[job.id]
                assert max(begun.pop(job.id, Counter()).values(), default=0) <= 1
                for before in begun.values():
                    before[job.owner] += 1
        elif step == "end" and running:
            leases.finish(running.pop(0), JobStatus.DONE)
        elif step == "cancel" and waiting:
            cancelled = waiting.pop(next(iter(waiting)))
            store.cancel(cancelled.owner, cancelled.id)
            begun.pop(cancelled.id, None)
        elif step in "abc":
            only = all(one.owner != step for one in store.active())
            job = accept(store, step)
            waiting[job.id] = job
            if only:
                begun[job.id] = Counter()
    assert not waiting


@pytest.mark.parametrize(
    ("lived_s", "most"), [(0.0, 1), (9.9, 1), (10.0, 2), (99.0, 2), (100.0, 3), (599.0, 3), (600.0, 9)]
)
def test_the_oftener_the_program_died_over_a_job_the_longer_it_must_have_lived(
    store: JobStore, leases: Leases, lived_s: float, most: int
) -> None:
    ids = [accept(store).id for _ in range(10)]
    with store.begin() as session:
        for attempts, job_id in enumerate(ids):
            row = update(JobRow).where(JobRow.id == job_id)
            session.execute(row.values(attempts_without_progress=attempts))
    taken = []
    while job := leases.claim("here", f"lease {len(taken)}", lived_s):
        taken.append(job.id)
        leases.finish(f"lease {len(taken) - 1}", JobStatus.DONE)
    assert taken == ids[: most + 1]


@pytest.mark.parametrize(("until", "waits"), [(-1, False), (1, True), (600, True), (2 * 86_400, False)])
def test_a_pause_that_only_a_wrong_clock_can_have_written_is_none(
    store: JobStore, leases: Leases, until: float, waits: bool
) -> None:
    accept(store)
    with store.begin() as session:
        until_then = datetime.now(UTC) + timedelta(seconds=until)
        session.execute(update(JobRow).values(waits_until=until_then))
    assert (leases.claim("here", "a lease") is None) == waits
