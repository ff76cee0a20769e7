"""What every test may use."""

import threading
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves one of our threads running."""
    before = set(threading.enumerate())
    yield
    ours = ("device-", "worker-", "janitor", "renewer", "fetch-")
    left = [t.name for t in set(threading.enumerate()) - before if t.is_alive() and t.name.startswith(ours)]
    assert not left, f"threads left running: {left}"
