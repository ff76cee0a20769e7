"""A number of places, of which one client has some at most. For connections, slow bodies and uploads."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import N_, Overloaded

TELL_S = 60.0
RETRY_AFTER_S = 5
CROWDED = N_("Too many documents are asked for at once. Please try again in a moment.")


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


class Turns:
    """A line in which a holder has few turns at a time, however often he stands in it.

    Args:
        at_once, at_once_of_one: turns of all together, and of one holder.
        in_line, in_line_of_one: how many wait or work, of all and of one holder.
    """

    def __init__(self, at_once: int, at_once_of_one: int, in_line: int, in_line_of_one: int) -> None:
        self._working = Places(at_once, at_once_of_one)
        self._line = Places(in_line, in_line_of_one)
        self._changed = threading.Condition()
        self.has_room, self.may_tell = self._line.has_room, self._line.may_tell

    @contextmanager
    def turn(self, holder: str) -> Iterator[None]:
        """Stand in the line until the turn is over. Raises Overloaded where the line is too long."""
        with self.in_line(holder), self.working(holder):
            yield

    @contextmanager
    def in_line(self, holder: str) -> Iterator[None]:
        """Stand in the line. Raises Overloaded where it is too long."""
        if not self._line.take(holder):
            raise Overloaded(CROWDED, RETRY_AFTER_S)
        try:
            yield
        finally:
            self._line.leave(holder)

    @contextmanager
    def working(self, holder: str) -> Iterator[None]:
        """Wait in the line for one's turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._working.take(holder))
        try:
            yield
        finally:
            with self._changed:
                self._working.leave(holder)
                self._changed.notify_all()
