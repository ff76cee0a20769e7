"""SteadyClock: the time by which things are deleted and leases end. A clock put forward ends nothing."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

logger = logging.getLogger(__name__)

STEP = timedelta(seconds=10)  # by which the system's clock may be corrected at once and be believed
DOUBT = timedelta(hours=1)  # how long a jump forward must last to be believed: time servers mend it sooner


def _utc() -> datetime:
    return datetime.now(UTC)


class SteadyClock:
    """The system's clock, checked by one that cannot be set.

    A step back is followed at once, because it deletes nothing early. After a jump forward the time goes on
    from before the jump, until the system's clock is right again or has been ahead for as long as `DOUBT`.
    What the clock said before the program started is not known.

    Args:
        wall: the system's clock.
        steady: seconds that pass, whatever the system's clock is set to.
    """

    def __init__(
        self, wall: Callable[[], datetime] = _utc, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._last = wall()
        self._last_steady = steady()
        self._doubted_since: float | None = None

    def now(self) -> datetime:
        """Return the time, in UTC."""
        wall, steady = self._wall(), self._steady()
        awaited = self._last + timedelta(seconds=steady - self._last_steady)
        if wall <= awaited + STEP:
            self._doubted_since = None
        elif self._doubted_since is None:
            self._doubted_since = steady
            logger.warning(
                "the clock jumped %s ahead: nothing is deleted by it for up to %s", wall - awaited, DOUBT
            )
        elif steady - self._doubted_since >= DOUBT.total_seconds():
            self._doubted_since = None
            logger.warning("the clock stays where it jumped to, so it is believed")
        believed = wall if self._doubted_since is None else awaited
        self._last, self._last_steady = believed, steady
        return believed
