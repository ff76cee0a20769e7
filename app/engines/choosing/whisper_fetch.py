"""WhisperFetch: gets Whisper in the background when a page or a live stream asks for it."""

import logging
import threading
from collections.abc import Sequence

from app.engines.choosing.transcribers import Failures
from app.engines.weights.fetch import Silent
from app.engines.weights.sources import Weights
from app.engines.weights.underway import Fetches, Underway
from app.errors import N_, AppError, EngineUnavailable, JobCancelled
from app.progress import Progress

logger = logging.getLogger(__name__)

WAIT_S = 0.5  # how long a turn waits for somebody who asks
LOOK_S = 0.1  # how often those who wait are asked whether they still do
STOP_S = 3.0  # that a fetch is given to end


class WhisperFetch:
    """One fetch for all who ask; a second request joins it. A thread takes its turns.

    error: why the last one brought nothing; None: it did, was cancelled, or goes on.
    """

    def __init__(self, fetches: Fetches, failures: Failures) -> None:
        self._fetches = fetches
        self._failures = failures
        self._lock = threading.Lock()
        self._wanted: tuple[Weights, ...] = ()
        self._asked = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._left = threading.Event()
        self._closed = False
        self.error: AppError | None = None

    @property
    def running(self) -> bool:
        return not self._idle.is_set()

    def current(self) -> Underway | None:
        """Return what is asked for, also before its first byte. None: nothing is."""
        wanted = self._wanted
        return (self._fetches.current() or self._fetches.announced(wanted[0])) if wanted else None

    def request(self, wanted: Sequence[Weights]) -> None:
        """Ask for the first of `wanted` that can be had; what is fetched already goes on."""
        with self._lock:
            if self._wanted or self._closed or not wanted:
                return
            self._wanted, self.error = tuple(wanted), None
            self._left.clear()
            self._idle.clear()
            self._asked.set()

    def cancel(self) -> None:
        """Let what is being fetched be. What has come of it is kept for the next time."""
        self._left.set()

    def wait(self, progress: Progress) -> None:
        """Wait until nothing is fetched here, for a job that began meanwhile."""
        while not self._idle.wait(LOOK_S):
            underway = self.current()
            progress(underway.fraction if underway else 1.0)

    def run_once(self) -> None:
        """Wait a moment for a request, and see to it."""
        self._asked.wait(WAIT_S)
        with self._lock:
            if not self._asked.is_set():
                return
            self._asked.clear()
        try:
            self._bring(self._wanted)
        except JobCancelled:
            logger.info("the fetch of Whisper was cancelled")
        except OSError as error:  # of this machine: a folder that may not be written
            self.error = EngineUnavailable(
                N_("Whisper could not be fetched: %(reason)s."), reason=error.strerror or str(error)
            )
            logger.warning("%s", self.error)
        except AppError as error:
            self.error = error
            logger.warning("%s", error)
        finally:
            with self._lock:
                self._wanted = ()
                self._idle.set()

    def close(self) -> None:
        """End what is being fetched, and take no other request."""
        self.cancel()
        with self._lock:
            self._closed = True
            if self._asked.is_set():  # no turn has begun with it
                self._asked.clear()
                self._idle.set()
        self._idle.wait(STOP_S)

    def _bring(self, wanted: tuple[Weights, ...]) -> None:
        silent = Silent()  # who asks has perhaps just mended the network
        trouble: AppError | None = None
        for weights in wanted:
            try:
                self._fetches.fetch(weights, self._go_on, silent)
            except EngineUnavailable as error:
                self._failures.add(weights.name)
                trouble = trouble or error
            else:
                self._failures.forget(weights.name)
                return
        if trouble:
            raise trouble

    def _go_on(self, _: float) -> None:
        if self._left.is_set():
            raise JobCancelled("nobody wants it any more")
