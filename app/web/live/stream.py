"""One open stream: what a client sends goes to the hub, what is heard goes back, in the client's form."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import structlog

from app.errors import (
    N_,
    AppError,
    BadInput,
    EngineNotReady,
    JobCancelled,
    Overloaded,
    TooManyRequests,
    UnsupportedLanguage,
)
from app.live.events import Error, Ready, Warn
from app.live.session import LiveSession
from app.live.speakers import RunningSpeakers
from app.web.core.context import Konspekt
from app.web.core.errors import translate
from app.web.live.protocols.base import Close, Command, LiveConnection, Opening
from app.web.live.voices import live_voices
from app.web.live.waiting import served

AHEAD_S = 60.0  # of unheard sound that a stream may hold; beyond it the sender waits, so nothing is dropped
IDLE = N_("No sound came for too long, so the stream was closed.")
TURN_S = 0.5  # how often a waiting thread looks at the clock and at the server's stop

log = structlog.get_logger(__name__)


@contextmanager
def closed_with_reason(ws: LiveConnection) -> Iterator[None]:
    """Tell a client why he is not served, or not served any more, and close his connection accordingly."""
    try:
        yield
    except JobCancelled:
        ws.close(Close.GOING_AWAY, "the server stops")
    except AppError as error:
        again = isinstance(error, Overloaded | EngineNotReady)
        ws.refuse(refusal(error), Close.TRY_AGAIN if again else Close.POLICY)
    except OSError as error:
        log.info("a live client was lost", reason=str(error))


def messages(ws: LiveConnection, parts: Konspekt) -> Iterator[Any]:
    """Yield what comes before the sound, which may take its time.

    Raises:
        BadInput: nothing comes. JobCancelled: the server stops.
    """
    heard_from = time.monotonic()
    while True:
        message = ws.receive(timeout=TURN_S)
        if parts.stopping.is_set():
            raise JobCancelled
        if message is not None:
            heard_from = time.monotonic()
            yield message
        elif time.monotonic() - heard_from > parts.config.live_idle_s:
            raise BadInput(IDLE)


def serve(ws: LiveConnection, parts: Konspekt, opening: Opening) -> None:
    """Serve a stream of which nothing is kept.

    Raises:
        Overloaded: all places are taken, and as many wait as may. JobCancelled: the server stops.
        UnsupportedLanguage, EngineUnavailable: nothing here hears the language.
    """
    open_session = partial(parts.live.open, opening.sound, opening.language, notify=ws.wake)
    session = served(ws, parts, parts.live_line, open_session)
    try:
        ws.send(Ready(session.name, session.engine.name, opening.language))
        if opening.speakers:
            tell_speakers(ws, session, parts)
        for sound in opening.early:
            session.accept_chunk(sound)
        run(ws, session, parts)
    finally:
        parts.live.close(session)


def tell_speakers(ws: LiveConnection, session: LiveSession, parts: Konspekt) -> None:
    """Have the stream say who speaks; where that cannot be done, it goes on without and says so."""
    try:
        voice = live_voices(parts.config, parts.engines)
    except AppError as error:
        ws.send(Warn("no_speakers", translate(error)))
        return
    recorder = session.recorder
    session.speakers = parts.saved_streams.speakers(recorder, voice) if recorder else RunningSpeakers(voice)


def refusal(error: AppError) -> Error:
    """Say why there is no stream."""
    if isinstance(error, TooManyRequests):
        return Error("too_many_requests", translate(error), error.retry_after_s)
    if isinstance(error, Overloaded):
        return Error("server_full", translate(error), error.retry_after_s, error.elsewhere)
    if isinstance(error, EngineNotReady):
        return Error("unavailable", translate(error), error.retry_after_s)
    code = "bad_hello" if isinstance(error, BadInput) else "unavailable"
    if isinstance(error, UnsupportedLanguage):
        code = "unsupported_language"
    return Error(code, translate(error))


def run(ws: LiveConnection, session: LiveSession, parts: Konspekt) -> None:
    """Take packets and send events until the stream is over."""
    opened = heard_from = time.monotonic()
    while True:
        ws.wait(TURN_S)
        try:
            while session.behind_s < AHEAD_S and (message := ws.receive(timeout=0)) is not None:
                heard_from = time.monotonic()
                for part in ws.protocol.read(message):
                    _hand_over(part, session)
        except BadInput as error:
            ws.refuse(Error("bad_message", translate(error)), Close.POLICY)
            return
        over = session.done.is_set()  # before the events are taken, so that the last of them goes out
        for event in session.take():
            ws.send(event)
        now = time.monotonic()
        if over:
            ws.close(Close.BROKEN if session.failed else Close.NORMAL)
            return
        if parts.stopping.is_set():
            ws.close(Close.GOING_AWAY, "the server stops")
            return
        quiet_s = now - heard_from
        if not session.finishing and session.behind_s < AHEAD_S and quiet_s > parts.config.live_idle_s:
            ws.refuse(Error("idle", IDLE), Close.POLICY)
            return
        if now - opened > parts.config.live_session_s:
            long = N_("The stream lasted as long as one may. Start another.")
            ws.refuse(Error("too_long", long), Close.POLICY)
            return
        ws.check()
        if ws.has_messages and session.behind_s < AHEAD_S:
            ws.wake()  # what came while we wrote


def _hand_over(part: bytes | Command, session: LiveSession) -> None:
    """Give a stream what came; after its end it takes nothing more."""
    if session.finishing:
        return
    if isinstance(part, bytes):
        session.accept_chunk(part)
    elif part is Command.FLUSH:
        session.flush()
    else:
        session.finish()
