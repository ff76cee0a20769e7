"""The hub: serves all live streams in shared batches, with one thread and one copy of the model."""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from app.engines.base import Hypothesis, LiveRequest, LiveTranscriber, VoiceDetector
from app.errors import N_, AppError, EngineFailed, Overloaded
from app.live.events import Error
from app.live.packets import SoundFormat
from app.live.session import LiveSession
from app.progress import Progress

logger = logging.getLogger(__name__)
T = TypeVar("T")

PACE_S = 0.5  # of new sound and of time between two partials of a stream, at least
RETRY_S, LEAST_RETRY_S, MOST_RETRY_S = 30, 5, 600  # when the server is full: before any stream has ended, …
WAIT_S = 0.1  # how long new sound may wait to be looked at, where nothing is being heard


class LiveEngines(Protocol):
    """What the hub asks of the registry."""

    def voice_detector(self, progress: Progress) -> VoiceDetector: ...

    def live_transcriber(self, language: str) -> LiveTranscriber: ...


class LiveHub:
    """All streams that are open. Its thread runs while there is one.

    Args:
        max_streams: places; one is taken before anything is built for a stream.
    """

    def __init__(
        self, engines: LiveEngines, max_streams: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engines = engines
        self._places = threading.BoundedSemaphore(max_streams)
        self._clock = clock
        self._sessions: list[LiveSession] = []  # in the order in which they are served
        self._gone: list[LiveSession] = []  # closed; the engine is still to forget them
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._turn_s = 0.0  # how long the last turns took
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
        if self._stopping.is_set() or not self._places.acquire(blocking=False):
            raise Overloaded(N_("The server is overloaded. Please try again later."), self._retry_s())
        try:
            engine = self._engines.live_transcriber(language)
            session = LiveSession(secrets.token_hex(8), sound, language, engine, notify, from_s)
        except BaseException:
            self._places.release()
            raise
        session.opened_at = self._clock()
        with self._lock:
            self._sessions.append(session)
            if start and self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="live-hub", daemon=True)
                self._thread.start()
        return session

    def close(self, session: LiveSession) -> None:
        """Give the place back; whatever of the stream is still being heard is not said any more."""
        with self._lock:
            if session not in self._sessions:
                return
            self._sessions.remove(session)
            self._lasted_s.append(self._clock() - session.opened_at)
            self._gone.append(session)
        session.done.set()
        self._places.release()

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
        """Judge what has come, and hear one batch. False: there was nothing to do."""
        sessions = self._active()
        judged = self._judge(sessions)
        for session in sessions:
            self._step(session, session.tell_lag)
        batch = self._choose(sessions)
        if batch:
            began = self._clock()
            self._hear(batch)
            self._turn_s = max(self._clock() - began, 0.7 * self._turn_s)
            with self._lock:  # who was served goes to the end of the line
                served = [session for session, _ in batch]
                self._sessions.sort(key=lambda session: session in served)
        for session in sessions:
            self._step(session, session.end_if_done)
        return bool(judged or batch)

    def _active(self) -> list[LiveSession]:
        with self._lock:
            gone, self._gone = self._gone, []
            active = [session for session in self._sessions if not session.done.is_set()]
        for session in gone:
            session.engine.forget(session.name)
        return active

    def _judge(self, sessions: Sequence[LiveSession]) -> bool:
        waiting = [(s, piece) for s in sessions if (piece := self._step(s, s.unjudged)) is not None]
        if waiting:
            detector = self._engines.voice_detector(lambda _: None)
            found = detector.follow([(piece, session.state) for session, piece in waiting])
            for (session, _), judged in zip(waiting, found, strict=True):
                self._step(session, partial(session.judge, *judged))
        return bool(waiting)

    def _step(self, session: LiveSession, step: Callable[[], T]) -> T | None:
        """Take a step of one stream. Where that breaks, it ends this stream only."""
        if not session.failed:
            try:
                return step()
            except Exception:
                logger.exception("a live stream failed")
                session.fail(Error("engine_failed", BROKEN))
        return None

    def _choose(self, sessions: Sequence[LiveSession]) -> list[tuple[LiveSession, LiveRequest]]:
        """Take finals before partials, those who wait longest first; partials become rarer under load."""
        now = self._clock()
        pace = max(PACE_S, 2 * self._turn_s)
        line = [s for s in sessions if s.has_final]
        line += [s for s in sessions if not s.has_final and now - s.asked_at >= pace]
        batch: list[tuple[LiveSession, LiveRequest]] = []
        for session in line:
            if batch and (session.engine is not batch[0][0].engine or len(batch) >= session.engine.batch):
                continue
            request = self._step(session, session.request)
            if request is not None:
                session.asked_at = now
                batch.append((session, request))
        return batch

    def _hear(self, batch: Sequence[tuple[LiveSession, LiveRequest]]) -> None:
        engine = batch[0][0].engine
        for (session, request), heard in zip(
            batch, hear_each(engine, [request for _, request in batch]), strict=True
        ):
            if session.done.is_set():
                continue
            if isinstance(heard, Exception):
                logger.error("a live stream failed", exc_info=heard)
                told = heard if isinstance(heard, AppError) else EngineFailed(BROKEN)
                session.fail(Error("engine_failed", told.message))
            else:
                self._step(session, partial(session.answer, request, heard))

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


BROKEN = N_("The speech could not be written down: the program failed. Please try again.")


def hear_each(engine: LiveTranscriber, requests: Sequence[LiveRequest]) -> Sequence[Hypothesis | Exception]:
    """Hear a batch; where that fails as a whole, hear its utterances one by one."""
    try:
        return engine.hear(requests)
    except Exception as error:  # noqa: BLE001  one stream's failure must not touch another's
        if len(requests) == 1:
            return [error]
        return [one for request in requests for one in hear_each(engine, [request])]
