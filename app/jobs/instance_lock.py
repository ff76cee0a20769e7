"""Only one process at a time works on the jobs of a data folder; others serve pages and stand by."""

import uuid
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from app.audio.atomic import write_secret


class Node(Protocol):
    """Whatever knows the name under which this process works on jobs."""

    @property
    def node(self) -> str: ...


class Lock(Protocol):
    """Held by the one process that looks after the queue: InstanceLock, or LeaderLock over machines."""

    def take(self) -> bool:
        """Take up the work if nobody else is at it."""
        ...

    def is_lost(self) -> bool:
        """Tell whether it was held and is no more, so that another may have it."""
        ...

    def leave(self) -> None: ...


class InstanceLock:
    """A lock that the system itself gives back when its process dies, however it dies.

    Its holder therefore knows that each lease of its `node` that it does not hold itself is a dead one's.
    """

    def __init__(self, data_dir: Path) -> None:
        self._node = data_dir / "node"
        self._lock = FileLock(data_dir / "jobs.lock", thread_local=False, mode=0o600)
        self.node = ""

    @property
    def held(self) -> bool:
        return self._lock.is_locked

    def take(self) -> bool:
        """Take up the work if nobody else is at it."""
        if self.held:
            return True
        self._node.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        if not self._node.exists():
            write_secret(self._node, uuid.uuid4().hex)
        self.node = self._node.read_text().strip()
        return True

    def is_lost(self) -> bool:
        return False  # the system takes it from no process that lives

    def leave(self) -> None:
        self._lock.release()
