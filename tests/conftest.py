"""What every test may use."""

import threading
from collections.abc import Iterator

import pytest

OURS = "konspekt-"  # tests/test_thread_names.py: every thread that the program starts is called so
ENDING_S = 5.0  # for a thread that was told to end, and need not be waited for by who told it


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves one of our threads running."""
    before = set(threading.enumerate())
    yield
    left = left_running(before)
    assert not left, f"threads left running: {left}"


def left_running(before: set[threading.Thread], ending_s: float = ENDING_S) -> list[str]:
    """Return the names of our threads that were not there before and do not end."""
    ours = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith(OURS)]
    for thread in ours:
        thread.join(ending_s)
    return sorted(thread.name for thread in ours if thread.is_alive())
