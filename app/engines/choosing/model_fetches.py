"""ModelFetches: models that people have asked for on /models, fetched or checked one after the other."""

import logging
import threading
from dataclasses import dataclass, field
from typing import Literal

from app.config import Config
from app.engines.weights.condition import check, remove_damaged
from app.engines.weights.fetch import Silent
from app.engines.weights.sources import Weights
from app.engines.weights.underway import Fetches, Underway
from app.errors import N_, AppError, EngineUnavailable, JobCancelled

logger = logging.getLogger(__name__)

WAIT_S = 0.5  # how long a turn waits for somebody who asks
STOP_S = 3.0  # that a fetch is given to end

Kind = Literal["fetch", "check"]


@dataclass(slots=True)
class Task:
    """What was asked for. fraction: 0..1 of a check; left: nobody wants it any more."""

    weights: Weights
    kind: Kind
    fraction: float = 0.0
    left: threading.Event = field(default_factory=threading.Event)


class ModelFetches:
    """A line of tasks, the first of them in work. A thread takes its turns. Thread-safe.

    errors: by the name of the weights, why the last task with them brought nothing.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._fetches = Fetches(config)
        self._changed = threading.Condition()
        self._tasks: dict[str, Task] = {}  # by the name of the weights, in their order
        self._closed = False
        self.errors: dict[str, AppError] = {}

    def request(self, weights: Weights, kind: Kind = "fetch") -> None:
        """Put a task into the line; one with these weights that is there already stays as it is."""
        with self._changed:
            if self._closed or weights.name in self._tasks:
                return
            self.errors.pop(weights.name, None)
            self._tasks[weights.name] = Task(weights, kind)
            self._changed.notify_all()

    def cancel(self, name: str) -> None:
        """Let a task be. What has come of it is kept for the next time."""
        with self._changed:
            task = self._tasks.get(name)
            if task is None:
                return
            task.left.set()
            if task is not next(iter(self._tasks.values())):
                del self._tasks[name]  # the first is taken out by the turn that works on it

    def tasks(self) -> dict[str, Task]:
        """Return what is asked for, by the name of the weights; the first is in work."""
        with self._changed:
            return dict(self._tasks)

    def underway(self) -> Underway | None:
        """Return how far the fetch in work is. None: nothing is fetched."""
        return self._fetches.current()

    def run_once(self) -> None:
        """Wait a moment for a task, and see to it."""
        with self._changed:
            if not self._tasks:
                self._changed.wait(WAIT_S)
            task = next(iter(self._tasks.values()), None)
        if task is None:
            return
        try:
            self._work(task)
        except JobCancelled:
            logger.info("%s: the %s was cancelled", task.weights.name, task.kind)
        except OSError as error:  # of this machine: a folder that may not be written, a disk that fails
            self._failed(task, EngineUnavailable(TROUBLE, reason=error.strerror or str(error)))
        except AppError as error:
            self._failed(task, error)
        finally:
            with self._changed:
                del self._tasks[task.weights.name]
                self._changed.notify_all()

    def close(self) -> None:
        """End what is in work, and take no other request."""
        with self._changed:
            self._closed = True
            first = next(iter(self._tasks), None)
            for name in [name for name in self._tasks if name != first]:
                del self._tasks[name]
            if first is not None:
                self._tasks[first].left.set()

    def wait_until_idle(self, timeout_s: float = STOP_S) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._tasks, timeout_s)

    def _work(self, task: Task) -> None:
        def go_on(fraction: float) -> None:
            task.fraction = fraction
            if task.left.is_set():
                raise JobCancelled("nobody wants it any more")

        go_on(0.0)
        if task.kind == "check":
            check(task.weights, self._config.models_dir, go_on)
            return
        remove_damaged(task.weights, self._config.models_dir)
        self._fetches.fetch(task.weights, go_on, Silent())  # who asks has perhaps just mended the network

    def _failed(self, task: Task, error: AppError) -> None:
        self.errors[task.weights.name] = error
        logger.warning("%s: %s", task.weights.name, error)


TROUBLE = N_("This machine could not keep it: %(reason)s. Mend that and try again.")
