"""The hub: opens and closes live streams, and serves them all with one thread and one copy of the model."""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable

from app.errors import N_, Overloaded
from app.live.capacity import Capacity
from app.live.events import Error
from app.live.packets import SoundFormat
from app.live.scheduler import BROKEN, LiveEngines, LiveScheduler
from app.live.session import LiveSession

logger = logging.getLogger(__name__)

RETRY_S, LEAST_RETRY_S, MOST_RETRY_S = 30, 5, 600  # when the server is full: before any stream has ended, …
WAIT_S = 0.1  # how long new sound may wait to be looked at, where nothing is being heard


class LiveHub:
    """All streams that are open. Its thread runs while there is one.

    Args:
        max_streams: at once; None: as many as the machine was measured to carry.
    """

    def __init__(
        self,
        engines: LiveEngines,
        max_streams: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        capacity: Capacity | None = None,
    ) -> None:
        self._engines = engines
        self._max_streams = max_streams
        self._capacity = capacity or Capacity()
        self._clock = clock
        self._scheduler = LiveScheduler(engines, clock)
        self._sessions: list[LiveSession] = []
        self._gone: list[LiveSession] = []  # closed; the engine is still to forget them
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._lasted_s: deque[float] = deque(maxlen=20)  # streams that ended

    def open(
        self,
        sound: SoundFormat,
        language: str,
        notify: Callable[[], None] = lambda: None,
        *,
        from_s: float = 0.0,
        start: bool = True,
    ) -> LiveSession:
        """Open a stream that begins at `from_s` of its recording.

        Raises:
            Overloaded: all places are taken.
            UnsupportedLanguage, EngineUnavailable: nothing here hears the language.
        """
        engine = self._engines.live_transcriber(language)
        most = self._max_streams or self._capacity.of(engine)
        session = LiveSession(secrets.token_hex(8), sound, language, engine, notify, from_s)
        session.opened_at = self._clock()
        with self._lock:
            full = self._stopping.is_set() or len(self._sessions) >= most
            if not full:
                self._sessions.append(session)
            if not full and start and self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="konspekt-live-hub", daemon=True)
                self._thread.start()
        if full:
            raise Overloaded(N_("The server is overloaded. Please try again later."), self._retry_s())
        return session

    @property
    def n_open(self) -> int:
        return len(self._sessions)

    @property
    def n_places(self) -> int | None:
        """How many streams it takes. None: nobody knows yet."""
        return self._max_streams or self._capacity.known

    @property
    def is_full(self) -> bool:
        return self.n_places is not None and self.n_open >= self.n_places

    def close(self, session: LiveSession) -> None:
        """Give the place back; whatever of the stream is still being heard is not said any more."""
        with self._lock:
            if session not in self._sessions:
                return
            self._sessions.remove(session)
            self._lasted_s.append(self._clock() - session.opened_at)
            self._gone.append(session)
        session.done.set()

    def _retry_s(self) -> int:
        """Guess when the next place becomes free: streams that begin at any time end one after the other."""
        with self._lock:
            if not self._lasted_s or not self._sessions:
                return RETRY_S
            between_s = sum(self._lasted_s) / len(self._lasted_s) / len(self._sessions)
        return round(min(max(between_s, LEAST_RETRY_S), MOST_RETRY_S))

    def stop(self) -> None:
        self._stopping.set()
        thread = self._thread
        if thread is not None:
            thread.join(5)

    def run_once(self) -> bool:
        """Give all open streams a turn. False: there was nothing to do."""
        return self._scheduler.turn(self._active())

    def _active(self) -> list[LiveSession]:
        with self._lock:
            gone, self._gone = self._gone, []
            active = [session for session in self._sessions if not session.done.is_set()]
        for session in gone:
            session.engine.forget(session.name)
        return active

    def _loop(self) -> None:
        while not self._stopping.is_set():
            try:
                busy = self.run_once()
            except Exception:
                logger.exception("the live streams failed")
                for session in self._active():
                    session.fail(Error("engine_failed", BROKEN))
                busy = False
            if not busy:
                self._stopping.wait(WAIT_S)
