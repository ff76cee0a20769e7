"""ServingLock: each process that takes uploads holds it, so that a starting one knows whether it is alone.

What is then in the folder of uploads in flight was left behind by processes that have died.
"""

import os
import weakref
from pathlib import Path


class ServingLock:
    """A shared lock on a folder, held until the process ends, however it ends.

    Not given back at the stop: uploads that are still answered then must not be taken for leftovers.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: int | None = None

    def take(self) -> bool:
        """Hold the lock with the others; tell whether there was none. False, where that cannot be known."""
        try:
            import fcntl
        except ImportError:  # Windows locks no folders
            return False
        if self._opened is not None:
            return False
        self._opened = os.open(self._folder, os.O_RDONLY)
        weakref.finalize(self, os.close, self._opened)
        try:
            fcntl.flock(self._opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except OSError:
            alone = False
        try:
            fcntl.flock(self._opened, fcntl.LOCK_SH)
        except OSError:  # a network folder without locks
            return False
        return alone
