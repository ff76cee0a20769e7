"""Which streams are heard next: one turn finds the speech of all, and hears one batch of utterances."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

from app.audio.waveform import SPEECH_RATE_HZ
from app.documents.well_formed import well_formed_language, well_formed_text, well_formed_words
from app.engines.base import Hypothesis, LiveRequest, LiveTranscriber, VoiceDetector
from app.errors import N_, AppError, EngineFailed
from app.live.events import Error
from app.live.session import LiveSession
from app.progress import Progress

logger = logging.getLogger(__name__)
T = TypeVar("T")

AT_LEISURE = 1  # finals that wait at once; with more of them, each is heard in a hurry
PACE_S = 0.5  # of new sound and of time between two partials of a stream, at least
BROKEN = N_("The speech could not be written down: the program failed. Please try again.")


class LiveEngines(Protocol):
    """What live transcription asks of the registry."""

    def voice_detector(self, progress: Progress) -> VoiceDetector: ...

    def live_transcriber(self, language: str) -> LiveTranscriber: ...


class LiveScheduler:
    """Shares the engines between the streams. A stream whose work breaks ends alone."""

    def __init__(self, engines: LiveEngines, clock: Callable[[], float] = time.monotonic) -> None:
        self._engines = engines
        self._clock = clock
        self._turn_s = 0.0  # how long the last turns took

    def turn(self, sessions: Sequence[LiveSession]) -> bool:
        """Judge what has come, and hear one batch. False: there was nothing to do."""
        judged = self._judge(sessions)
        for session in sessions:
            self._step(session, session.tell_lag)
        batch = self._choose(sessions)
        if batch:
            began = self._clock()
            self._hear(batch)
            self._turn_s = max(self._clock() - began, 0.7 * self._turn_s)
        for session in sessions:
            self._step(session, session.end_if_done)
        return bool(judged or batch)

    def _judge(self, sessions: Sequence[LiveSession]) -> bool:
        """Let the voice detector judge new windows, all streams in one pass."""
        waiting = [(s, piece) for s in sessions if (piece := self._step(s, s.unjudged)) is not None]
        if waiting:
            detector = self._engines.voice_detector(lambda _: None)
            found = detector.follow([(piece, session.state) for session, piece in waiting])
            for (session, _), judged in zip(waiting, found, strict=True):
                self._step(session, partial(session.judge, *judged))
        return bool(waiting)

    def _choose(self, sessions: Sequence[LiveSession]) -> list[tuple[LiveSession, LiveRequest]]:
        """Take finals first, then what will probably be one, then partials, each time who waits longest.

        Partials become rarer under load.
        """
        now = self._clock()
        pace = max(PACE_S, 2 * self._turn_s)
        waiting = sorted(sessions, key=lambda session: session.asked_at)
        finals = [s for s in waiting if s.has_final]
        expected = [s for s in waiting if s.expects_final]
        settling = [*finals, *expected]
        line = settling + [s for s in waiting if s not in settling and now - s.asked_at >= pace]
        batch: list[tuple[LiveSession, LiveRequest]] = []
        for session in line:
            if batch and (session.engine is not batch[0][0].engine or len(batch) >= session.engine.batch):
                continue
            request = self._step(session, session.request)
            if request is not None:
                session.asked_at = now
                batch.append((session, replace(request, hurried=len(settling) > AT_LEISURE)))
        return batch

    def _hear(self, batch: Sequence[tuple[LiveSession, LiveRequest]]) -> None:
        engine = batch[0][0].engine
        hypotheses = hear_each(engine, [request for _, request in batch])
        for (session, request), hypothesis in zip(batch, hypotheses, strict=True):
            if session.done.is_set():
                continue
            if isinstance(hypothesis, Exception):
                logger.error("a live stream failed", exc_info=hypothesis)
                told = hypothesis if isinstance(hypothesis, AppError) else EngineFailed(BROKEN)
                session.fail(Error("engine_failed", told.message))
            else:
                answer = well_formed_hypothesis(hypothesis, len(request.samples) / SPEECH_RATE_HZ)
                self._step(session, partial(session.answer, request, answer))

    def _step(self, session: LiveSession, step: Callable[[], T]) -> T | None:
        """Take a step of one stream. Where that breaks, it ends this stream only."""
        if not session.failed:
            try:
                return step()
            except Exception:
                logger.exception("a live stream failed")
                session.fail(Error("engine_failed", BROKEN))
        return None


def well_formed_hypothesis(heard: Hypothesis, duration_s: float) -> Hypothesis:
    words = well_formed_words(heard.words, 0.0, duration_s)
    language = well_formed_language(heard.language)
    return Hypothesis(well_formed_text(heard.text), words, language, heard.doubtful)


def hear_each(engine: LiveTranscriber, requests: Sequence[LiveRequest]) -> Sequence[Hypothesis | Exception]:
    """Hear a batch; where that fails as a whole, hear its utterances one by one."""
    try:
        return engine.hear(requests)
    except Exception as error:  # noqa: BLE001  one stream's failure must not touch another's
        if len(requests) == 1:
            return [error]
        return [one for request in requests for one in hear_each(engine, [request])]
