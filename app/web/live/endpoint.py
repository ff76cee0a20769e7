"""/ws/transcribe, live transcription over WebSocket. docs/live.md is the protocol."""

import time
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import structlog
from apiflask import APIBlueprint
from flask import Flask, Response, jsonify, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed

from app.config import Config
from app.errors import N_, AppError, BadInput, EngineNotReady, JobCancelled, Overloaded, UnsupportedLanguage
from app.live.events import Error, Ready, Warn
from app.live.scheduler import BROKEN
from app.live.session import LiveSession
from app.live.speakers import RunningSpeakers
from app.web.core import sessions
from app.web.core.api_key import caller, is_known
from app.web.core.client_socket import present_client
from app.web.core.context import Konspekt, konspekt
from app.web.core.errors import translate
from app.web.live import file_mode
from app.web.live.asyncapi import description
from app.web.live.hello import NO_OBJECT, read_hello
from app.web.live.socket import MAX_MESSAGE_BYTES, Close, Connection, connection, is_end
from app.web.live.voices import live_voices
from app.web.live.waiting import served

AHEAD_S = 60.0  # of unheard sound that a stream may hold; beyond it the sender waits, so nothing is dropped
HELLO_S = 10.0
TURN_S = 0.5  # how often a waiting thread looks at the clock and at the server's stop

NOT_ALLOWED = N_(
    "The server takes no sound from this page. Reload it; if that does not help,"
    " look at KONSPEKT_LIVE_ORIGINS and at what a proxy makes of the address."
)
NO_KEY = N_("This server asks for a key of its API: send it as “Authorization: Bearer …”.")
NOBODYS = N_(
    "This browser keeps no cookie of this page, so nothing is saved: copy the text before you leave."
)

log = structlog.get_logger(__name__)
bp = APIBlueprint("live", __name__, enable_openapi=False)
sock = Sock()


def init_app(app: Flask, config: Config) -> None:
    app.config["SOCK_SERVER_OPTIONS"] = {
        "ping_interval": config.live_ping_s,
        "max_message_size": MAX_MESSAGE_BYTES,
        "receive_bytes": 2**16,
    }
    app.register_blueprint(bp)


@bp.before_request
def hold_place() -> None:
    """Refuse a socket that nobody could wait for: until its hello it holds a thread, as a slow body does."""
    if "Upgrade" in request.headers and (client := present_client()):
        client.keep_place()


@bp.get("/asyncapi.json")
def asyncapi() -> Response:
    return jsonify(description())


@sock.route("/ws/transcribe", bp=bp)  # type: ignore[untyped-decorator]  # flask-sock is not typed
def transcribe(socket: Any) -> None:
    """Serve one stream; this thread alone sends."""
    parts = konspekt()
    with connection(socket) as ws:
        if not _is_allowed(parts.config):
            ws.send(Error("not_allowed", NOT_ALLOWED if "Origin" in request.headers else NO_KEY))
            ws.close(Close.POLICY, "origin or key")
            return
        try:
            _serve(ws, parts)
        except AppError as error:
            ws.send(refusal(error))
            ws.close(Close.TRY_AGAIN if isinstance(error, Overloaded | EngineNotReady) else Close.POLICY)
        except OSError as error:
            log.info("a live client was lost", reason=str(error))


def refusal(error: AppError) -> Error:
    """Say why there is no stream."""
    if isinstance(error, Overloaded):
        return Error("server_full", translate(error), error.retry_after_s)
    if isinstance(error, EngineNotReady):
        return Error("unavailable", translate(error), error.retry_after_s)
    code = "bad_hello" if isinstance(error, BadInput) else "unavailable"
    if isinstance(error, UnsupportedLanguage):
        code = "unsupported_language"
    return Error(code, translate(error))


def _serve(ws: Connection, parts: Konspekt) -> None:
    first = ws.receive(timeout=min(HELLO_S, parts.config.live_idle_s))
    if first is None:
        raise BadInput(NO_OBJECT)
    hello = read_hello(first)
    if hello.mode == "file":
        _serve_file(ws, parts, hello.language)
        return
    owner = _owner() if hello.keep else ""
    comes_back = parts.saved_streams.find(owner, hello.recording or "") is not None
    if comes_back:
        parts.saved_streams.release(hello.recording or "")  # its place is free again before one is asked for
    if client := present_client():
        client.leave_place()  # those of the hub and of its line are fewer
    open_session = partial(parts.live.open, hello.sound, hello.language, notify=ws.wake, from_s=hello.from_s)
    try:
        session = served(ws, parts, parts.live_line, open_session, first=comes_back)
    except JobCancelled:
        ws.close(Close.GOING_AWAY, "the server stops")
        return
    try:
        if owner:
            session.recorder = parts.saved_streams.record(
                owner, hello.recording, hello.from_s, lambda: parts.live.close(session)
            )
        recording = session.recorder.recording if session.recorder else None
        ws.send(Ready(session.name, session.engine.name, hello.language, recording))
        if hello.keep and not owner:
            ws.send(Warn("not_kept", NOBODYS))
        if hello.speakers:
            _tell_speakers(ws, session, parts)
        _stream(ws, session, parts)
    finally:
        if session.recorder:
            parts.saved_streams.close(session.recorder)
        parts.live.close(session)


def _tell_speakers(ws: Connection, session: LiveSession, parts: Konspekt) -> None:
    """Have the stream say who speaks; where that cannot be done, it goes on without and says so."""
    try:
        voice = live_voices(parts.config, parts.engines)
    except AppError as error:
        ws.send(Warn("no_speakers", translate(error)))
        return
    recorder = session.recorder
    session.speakers = parts.saved_streams.speakers(recorder, voice) if recorder else RunningSpeakers(voice)


def _serve_file(ws: Connection, parts: Konspekt, language: str) -> None:
    try:
        done = file_mode.serve(ws, parts, language, ws.send)
        ws.close(Close.NORMAL if done else Close.POLICY)
    except JobCancelled:
        ws.close(Close.GOING_AWAY, "the server stops")
    except (AppError, OSError, ConnectionClosed):
        raise
    except Exception:
        log.exception("a file sent to the live socket failed")
        ws.send(Error("engine_failed", BROKEN))
        ws.close(Close.BROKEN)


def _stream(ws: Connection, session: LiveSession, parts: Konspekt) -> None:
    """Take packets and send events until the stream is over."""
    opened = heard_from = time.monotonic()
    finished = False
    while True:
        ws.wait(TURN_S)
        while session.behind_s < AHEAD_S and (message := ws.receive(timeout=0)) is not None:
            heard_from = time.monotonic()
            if isinstance(message, bytes) and not finished:
                session.accept_chunk(message)
            elif is_end(message):
                finished = True
                session.finish()
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
        if not finished and session.behind_s < AHEAD_S and now - heard_from > parts.config.live_idle_s:
            ws.send(Error("idle", N_("No sound came for too long, so the stream was closed.")))
            ws.close(Close.POLICY)
            return
        if now - opened > parts.config.live_session_s:
            ws.send(Error("too_long", N_("The stream lasted as long as one may. Start another.")))
            ws.close(Close.POLICY)
            return
        ws.check()
        if ws.has_messages and session.behind_s < AHEAD_S:
            ws.wake()  # what came while we wrote


def _owner() -> str:
    """Return whose streams are kept: a visitor's by the cookie, a program's by its key. "": nobody's.

    Browsers name the origin of their page; one without a visitor's cookie is no program, but for its key.
    """
    visitor = sessions.owner()
    if visitor or ("Origin" in request.headers and "Authorization" not in request.headers):
        return visitor
    calling = caller()
    return calling.owner if calling else ""


def _is_allowed(config: Config) -> bool:
    """Let in our own pages, those of `live_origins`, and programs.

    Where there is a key, all but our own pages need it: an origin is what a browser says, and what a program
    may say as well. A page of ours is known by its visitor's session.
    """
    origin = request.headers.get("Origin")
    ours = origin is not None and urlsplit(origin).netloc == request.host
    if origin is not None and not ours and origin not in config.live_origins:
        return False
    return (ours and bool(sessions.owner())) or is_known()
