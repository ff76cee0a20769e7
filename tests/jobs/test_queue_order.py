"""One order: workers take jobs in it, the page counts positions in it, and forecasts are made in it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.jobs import leases as leases_module
from app.jobs import store as store_module
from app.jobs.forecast import Schedule
from app.jobs.job import JobStatus
from app.jobs.leases import Leases
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from tests.jobs.test_store import accept, on_both_databases


def orders(store: JobStore, leases: Leases) -> tuple[list[str], list[str], list[str]]:
    """Return the ids of what waits: as the schedule has it, by position, and as workers take it."""
    active = store.active()
    schedule = Schedule(active, {}, 1)
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
