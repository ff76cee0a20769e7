"""Wait for what another thread or process does, and fail when it does not come."""

import time
from collections.abc import Callable

# What ends at once does so in this time on the busiest machine; what a fault makes of it takes longer still.
SOON_S = 15.0


def until(holds: Callable[[], bool], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)
