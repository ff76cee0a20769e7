"""One order: workers take jobs in it, the page counts positions in it, and forecasts are made in it."""

from datetime import UTC, datetime

import pytest

from app.jobs import leases as leases_module
from app.jobs import store as store_module
from app.jobs.forecast import Schedule
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
