"""Who waits for a place on the live socket: first come, first served, and no more than so many."""

import threading

from app.errors import N_, Overloaded

GAP_S = 30  # between two places that become free, as long as nothing is known of it
FULL = N_("The server is overloaded. Please try again later.")


class WaitingLine:
    """A line of those whom no place was free for. Thread-safe.

    Args:
        most: that may wait; 0: nobody waits, a full server refuses at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._line: list[object] = []
        self._lock = threading.Lock()
        self._gap_s = GAP_S

    def __len__(self) -> int:
        return len(self._line)

    def join(self, first: bool = False, beyond: bool = False) -> object:
        """Take the last place of the line; return a ticket for `place` and `leave`.

        Args:
            first: take the first place: whose connection broke off stands where he stood.
            beyond: also where the line is full: all that this one needs is here already.

        Raises:
            Overloaded: as many wait as may.
        """
        ticket = object()
        with self._lock:
            if len(self._line) >= self._most and not (first or beyond):
                raise Overloaded(FULL, self._gap_s)
            self._line.insert(0 if first else len(self._line), ticket)
        return ticket

    def check(self) -> None:
        """Raise Overloaded where as many wait as may."""
        if len(self._line) >= self._most:
            raise Overloaded(FULL, self._gap_s)

    def leave(self, ticket: object) -> None:
        with self._lock:
            self._line.remove(ticket)

    def place(self, ticket: object) -> int:
        """Return the place of a ticket, from 1."""
        with self._lock:
            return self._line.index(ticket) + 1

    def note_gap(self, gap_s: int) -> None:
        """Note after how many seconds a place is expected to be free."""
        self._gap_s = gap_s

    def expected_s(self, place: int) -> int:
        """Return how long who stands at a place is likely to wait."""
        return place * self._gap_s
