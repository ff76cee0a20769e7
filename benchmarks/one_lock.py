"""The other server of the live benchmark: ours, but for the hub. Run as a program.

As WhisperLive serves several clients with one model: a thread per stream, which hears all of its utterance
anew as soon as there is a second of it and it grew, with one lock around the model.
"""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from flask import Flask

from app import create_app
from app.audio.waveform import SPEECH_RATE_HZ
from app.config import Config
from app.engines.base import Hypothesis, LiveRequest
from app.engines.registry import LocalEngines
from app.engines.whisper.live import hypothesis
from app.engines.whisper.transcriber import WhisperTranscriber
from app.live.packets import SoundFormat
from app.live.session import LiveSession
from app.web.core import server

LEAST_S = 1.0  # of an utterance before it is heard first; it, and the pause, are WhisperLive's
PAUSE_S = 0.1


class Locked:
    """Hears one utterance at a time, whoever asks."""

    batch = 1

    def __init__(self, transcriber: WhisperTranscriber) -> None:
        self.name = transcriber.name
        self._model = transcriber.model
        self._lock = threading.Lock()

    def hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        [request] = requests
        duration_s, model = len(request.samples) / SPEECH_RATE_HZ, self._model
        with self._lock:
            features = model.encode(request.samples)
            [heard] = model.decode([features], [duration_s], request.language)
            words = model.words(heard, request.language, features, duration_s) if request.final else []
        return [hypothesis(heard, words, request.language, duration_s)]

    def forget(self, stream: str) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Nothing is open."""


class OneLock:
    """What stands in the hub's place."""

    def __init__(self, engines: LocalEngines) -> None:
        self._engines = engines
        self._guard = threading.Lock()
        self._engine: Locked | None = None

    def open(
        self,
        sound: SoundFormat,
        language: str,
        notify: Callable[[], None] = lambda: None,
        *,
        from_s: float = 0.0,
    ) -> LiveSession:
        with self._guard:
            if self._engine is None:
                transcriber = self._engines.transcriber(language, lambda _: None)
                assert isinstance(transcriber, WhisperTranscriber)
                self._engine = Locked(transcriber)
        session = LiveSession(secrets.token_hex(8), sound, language, self._engine, notify, from_s)
        threading.Thread(target=self._serve, args=(session,), daemon=True).start()
        return session

    def close(self, session: LiveSession) -> None:
        session.done.set()

    def stop(self) -> None:
        """Its threads end with the program."""

    def _serve(self, session: LiveSession) -> None:
        detector = self._engines.voice_detector(lambda _: None)
        while not session.done.is_set():
            while (piece := session.unjudged()) is not None:
                [(probabilities, state)] = detector.follow([(piece, session.state)])
                session.judge(probabilities, state)
            request = session.request()
            if request is not None and (request.final or len(request.samples) >= LEAST_S * SPEECH_RATE_HZ):
                [heard] = session.engine.hear([request])
                assert isinstance(heard, Hypothesis)
                session.answer(request, heard)
            else:
                time.sleep(PAUSE_S)
            session.tell_lag()
            session.end_if_done()


def create(config: Config) -> Flask:
    app = create_app(config)
    parts = app.extensions["konspekt"]
    app.extensions["konspekt"] = replace(parts, live=OneLock(parts.engines))
    return app


if __name__ == "__main__":
    server.main(create)
