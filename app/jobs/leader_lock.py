"""LeaderLock: of several machines, one process looks after the queue, by a lock of PostgreSQL."""

import logging
from contextlib import suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

logger = logging.getLogger(__name__)

_KEY = 0x6B6F6E73 + 1  # any constant beside that of the migrations


class LeaderLock:
    """An advisory lock of a session, so that it ends with its process, its connection or the server.

    A server that restarts takes it from a process that lives: `is_lost` is asked before each turn. What two
    leaders do at once for that moment is done by conditional changes of rows, as all here is.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @property
    def held(self) -> bool:
        return self._connection is not None

    def take(self) -> bool:
        if self._connection is not None:
            return True
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}):
            connection.close()
            return False
        self._connection = connection
        return True

    def is_lost(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            logger.warning("the database has ended the leader's connection")
            self._drop()
            return True
        return False

    def leave(self) -> None:
        """Let the next one lead at once: the server hears of a closed connection only some time later."""
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})
        self._drop()

    def _drop(self) -> None:
        """Close the connection for good: back in the pool it would keep the lock."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
        self._connection = None
