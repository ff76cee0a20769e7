"""ChangeFeed: tells open pages, which wait for it, that something in the queue moved."""

import threading
import time
from collections.abc import Callable

_MAX_OWNERS = 10_000


class ChangeFeed:
    """Version numbers, one per owner, that grow with each change an owner can see.

    They begin at the clock's milliseconds, so that a page from before a restart sees a new number.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._last = self._everyone = int(time.time() * 1000)
        self._owners: dict[str, int] = {}
        self.tell: Callable[[str | None], None] = lambda owner: None  # to other processes

    def note(self, owner: str | None = None) -> None:
        """Note a change of one owner's jobs; None: positions in the queue moved, which everyone sees."""
        self.hear(owner)
        self.tell(owner)

    def hear(self, owner: str | None) -> None:
        """Note what another process has changed."""
        with self._condition:
            self._last += 1
            if owner is None or len(self._owners) >= _MAX_OWNERS:
                self._everyone = self._last
                self._owners.clear()
            else:
                self._owners[owner] = self._last
            self._condition.notify_all()

    @property
    def last(self) -> int:
        return self._last

    def version(self, owner: str) -> int:
        return self._owners.get(owner, self._everyone)

    def wait(self, owner: str, seen: int, timeout_s: float) -> int:
        """Return the owner's version as soon as it differs from `seen`, or after the timeout."""
        with self._condition:
            self._condition.wait_for(lambda: self.version(owner) != seen, timeout_s)
            return self.version(owner)
