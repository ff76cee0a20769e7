import threading
import time

import pytest

from app.jobs import loop
from app.jobs.loop import start_loop


def test_turns_are_taken_until_it_is_stopped() -> None:
    stopping, turns = threading.Event(), threading.Semaphore(0)
    thread = start_loop("test", lambda: turns.release(), stopping, pause_s=0.001)
    assert all(turns.acquire(timeout=60) for _ in range(3))
    stopping.set()
    thread.join(10)
    assert not thread.is_alive()
    assert thread.name == "konspekt-test"


def test_what_breaks_a_turn_is_waited_over_and_does_not_end_the_thread(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loop, "PAUSE_AFTER_FAILURE_S", 0.2)
    stopping, at = threading.Event(), list[float]()

    def turn() -> None:
        at.append(time.monotonic())
        if len(at) == 3:
            stopping.set()
        raise ZeroDivisionError

    start_loop("test", turn, stopping).join(10)
    assert len(at) == 3
    assert at[2] - at[0] >= 0.4
    assert len(caplog.records) == 3
