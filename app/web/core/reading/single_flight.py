"""Single flight: who waits for the same gets one answer, which is begun after the last of them has come."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Flight(Generic[T]):
    landed: threading.Event = field(default_factory=threading.Event)
    answer: T | None = None


class SingleFlight(Generic[T]):
    """Lets the first who asks for something work for those who come until the work begins.

    Nobody joins work that has begun: it may have read what he has just changed.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, _Flight[T]] = {}
        self._lock = threading.Lock()

    def join(self, key: Hashable, work: Callable[[Callable[[], None]], T | None]) -> tuple[T | None, bool]:
        """Return the answer to `key`, and whether it was this caller who worked for it.

        Args:
            work: is called by one of those who wait, with what it calls when it begins. What it raises is
                its caller's alone; the others get None.
        """
        with self._lock:
            flight = self._waiting.get(key)
            leads = flight is None
            if flight is None:
                flight = self._waiting[key] = _Flight()
        if not leads:
            flight.landed.wait()
            return flight.answer, False
        try:
            flight.answer = work(lambda: self._begin(key))
        finally:
            self._begin(key, flight)
            flight.landed.set()
        return flight.answer, True

    def _begin(self, key: Hashable, flight: _Flight[T] | None = None) -> None:
        """Let nobody else join; of a flight whose work never began, or of the one that waits."""
        with self._lock:
            if flight is None or self._waiting.get(key) is flight:
                self._waiting.pop(key, None)
