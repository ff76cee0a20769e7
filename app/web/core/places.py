"""A number of places, of which one client has some at most. For connections, slow bodies and uploads."""

import threading
import time
from collections import Counter

TELL_S = 60.0


class Places:
    """Counts who holds how many.

    Args:
        total: of all together; None: no bound.
        each: of one holder; None: no bound.
    """

    def __init__(self, total: int | None, each: int | None) -> None:
        self._total = total
        self._each = each
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._told_at = float("-inf")

    def take(self, holder: str) -> bool:
        """Take a place, if there is one; say whether there was."""
        with self._lock:
            if not self._has_room(holder):
                return False
            self._held[holder] += 1
            return True

    def has_room(self, holder: str) -> bool:
        """Say whether there is a place now; by the time that it is taken there may be none."""
        with self._lock:
            return self._has_room(holder)

    def _has_room(self, holder: str) -> bool:
        if self._each is not None and self._held[holder] >= self._each:
            return False
        return self._total is None or self._held.total() < self._total

    def leave(self, holder: str) -> None:
        with self._lock:
            self._held[holder] -= 1
            if not self._held[holder]:
                del self._held[holder]  # or it would grow by every address that ever came

    def may_tell(self) -> bool:
        """Say once a minute that places may be logged as short: who fills them must not fill the log."""
        with self._lock:
            now = time.monotonic()
            if now - self._told_at < TELL_S:
                return False
            self._told_at = now
            return True
