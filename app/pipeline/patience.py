"""Wait for an object store that is away for a while, rather than fail the job."""

import time
from collections.abc import Callable
from typing import TypeVar

from app.engines.base import Progress
from app.errors import StorageUnavailable

T = TypeVar("T")

PATIENCE_S = 600.0  # a restart or a short outage; after that the job fails and may be tried again
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _LOOK_S = 1.0, 30.0, 0.2


def patiently(act: Callable[[], T], progress: Progress, patience_s: float | None = None) -> T:
    """Do it, again with growing pauses while the storage is away. progress: raises to stop the waiting.

    Raises:
        StorageUnavailable: it was away for longer than `patience_s`, by default PATIENCE_S.
    """
    until = time.monotonic() + (PATIENCE_S if patience_s is None else patience_s)
    pause = _FIRST_PAUSE_S
    while True:
        try:
            return act()
        except StorageUnavailable:
            if time.monotonic() + pause > until:
                raise
        resume = time.monotonic() + pause
        while time.monotonic() < resume:
            progress(0.0)
            time.sleep(_LOOK_S)
        pause = min(2 * pause, _LONGEST_PAUSE_S)
