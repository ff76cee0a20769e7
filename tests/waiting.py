"""Wait for what another thread or process does, and fail when it does not come."""

import time
from collections.abc import Callable


def until(holds: Callable[[], bool], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)
