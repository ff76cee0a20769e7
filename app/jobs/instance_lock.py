"""Only one process at a time works on the jobs of a data folder; others serve pages and stand by."""

import uuid
from pathlib import Path

from filelock import FileLock, Timeout

from app.audio.atomic import atomic_write


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
            with atomic_write(self._node) as part:
                part.write_text(uuid.uuid4().hex)
        self.node = self._node.read_text().strip()
        return True

    def leave(self) -> None:
        self._lock.release()
