"""Changes: who waits is told, and told of nothing else."""

import threading
import time

from app.jobs import change_feed
from app.jobs.change_feed import ChangeFeed


def test_who_looks_with_an_old_version_need_not_wait() -> None:
    moved = ChangeFeed()
    seen = moved.version("anna")
    moved.note("anna")
    assert moved.wait("anna", seen, 60) == moved.version("anna") > seen


def test_a_wait_without_a_change_ends_with_the_version_that_was_seen() -> None:
    moved = ChangeFeed()
    seen = moved.version("anna")
    moved.note("boris")
    assert moved.wait("anna", seen, 0.01) == seen


def test_a_change_for_everyone_wakes_a_waiting_visitor() -> None:
    moved = ChangeFeed()
    seen = moved.version("anna")
    heard: list[int] = []
    listener = threading.Thread(target=lambda: heard.append(moved.wait("anna", seen, 60)))
    listener.start()
    moved.note()
    listener.join(10)
    assert heard == [moved.version("anna")]
    assert heard[0] > seen


def test_a_page_from_before_a_restart_sees_a_new_version() -> None:
    before = ChangeFeed().version("anna")
    time.sleep(0.002)
    assert ChangeFeed().version("anna") > before


def test_visitors_without_end_take_no_memory_without_end(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(change_feed, "_MAX_OWNERS", 100)
    moved = ChangeFeed()
    seen = moved.version("visitor 0")
    for n in range(1000):
        moved.note(f"visitor {n}")
    assert len(moved._owners) <= 100
    assert moved.version("visitor 0") > seen, "what was forgotten counts as changed"
