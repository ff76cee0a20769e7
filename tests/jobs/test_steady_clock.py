"""SteadyClock: a jump forward is doubted for a while, everything else is followed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.config import Config
from app.jobs.change_feed import ChangeFeed
from app.jobs.instance_lock import InstanceLock
from app.jobs.job import JobStatus
from app.jobs.leases import Leases
from app.jobs.running import RunningJobs
from app.jobs.service import JobService
from app.jobs.steady_clock import DOUBT, SteadyClock
from app.jobs.store import JobStore
from tests.jobs.acting import submit, wait_until_ended
from tests.jobs.test_store import accept

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Clocks:
    """Both clocks of a machine, moved by the test."""

    def __init__(self) -> None:
        self.wall = datetime.now(UTC)
        self.passed_s = 0.0
        self.steady = SteadyClock(lambda: self.wall, lambda: self.passed_s)

    def go_on(self, time: timedelta) -> datetime:
        """Let time pass, and return what the steady clock says."""
        self.wall += time
        self.passed_s += time.total_seconds()
        return self.steady.now()


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def test_it_is_the_clock_as_long_as_that_goes_on(clocks: Clocks) -> None:
    for time in (MINUTE, DAY, 300 * DAY):
        assert clocks.go_on(time) == clocks.wall


def test_a_small_correction_and_a_step_back_are_followed_at_once(clocks: Clocks) -> None:
    for step in (timedelta(seconds=5), -timedelta(seconds=5), -2 * DAY):
        clocks.wall += step
        assert clocks.go_on(MINUTE) == clocks.wall


def test_after_a_jump_forward_time_goes_on_from_before_it(clocks: Clocks) -> None:
    before = clocks.wall
    clocks.wall += 2 * DAY
    for minutes in range(1, 11):
        assert clocks.go_on(MINUTE) == before + minutes * MINUTE
    clocks.wall -= 2 * DAY
    assert clocks.go_on(MINUTE) == clocks.wall == before + 11 * MINUTE


def test_a_jump_that_lasts_is_believed(clocks: Clocks) -> None:
    clocks.wall += 2 * DAY
    clocks.go_on(MINUTE)
    assert clocks.go_on(DOUBT - MINUTE) == clocks.wall - 2 * DAY
    assert clocks.go_on(MINUTE) == clocks.wall
    assert clocks.go_on(MINUTE) == clocks.wall


def test_a_clock_two_days_ahead_for_a_minute_deletes_nothing(
    make_service: Callable[..., JobService], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The janitor's own thread sweeps here each second, by a clock that jumps while it does."""
    clocks = Clocks()
    monkeypatch.setattr("app.jobs.threads.SteadyClock", lambda: clocks.steady)
    service = make_service(retention_s=20)
    service.start()
    job = wait_until_ended(service, submit(service))
    clocks.go_on(timedelta(seconds=1))
    clocks.wall += 2 * DAY
    swept_at: list[datetime] = []
    sweep = service.janitor.sweep

    def noted(now: datetime) -> None:
        sweep(now)
        swept_at.append(now)

    monkeypatch.setattr(service.janitor, "sweep", noted)
    seen = service.changes.version("anna")
    while len(swept_at) < 2:
        service.changes.wait("anna", seen, 0.2)
    kept = service.get("anna", job.id)
    assert kept.status is JobStatus.DONE
    assert kept.expires_at == job.expires_at, "what people are told stays right"


def test_a_clock_that_jumps_forward_ends_no_lease_of_another_node(
    config: Config, store: JobStore, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Clocks()
    monkeypatch.setattr("app.jobs.running.SteadyClock", lambda: clocks.steady)
    lock = InstanceLock(config.data_dir)
    assert lock.take()
    accept(store)
    assert leases.claim("there", "a lease")
    running = RunningJobs(config, leases, ChangeFeed(), lock)
    clocks.wall += 2 * DAY
    assert running.take_back() == 0
    clocks.go_on(DOUBT)
    clocks.go_on(timedelta(seconds=1))
    assert running.take_back() == 1, "where the jump lasts, it is believed"
