"""/ws/transcribe, live transcription over WebSocket. docs/live.md is the protocol."""

from functools import partial
from typing import Any

import structlog
from apiflask import APIBlueprint
from flask import Flask, Response, jsonify, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed

from app.config import Config
from app.errors import N_, AppError, BadInput, JobCancelled
from app.live.events import Error, Ready, Warn
from app.live.scheduler import BROKEN
from app.web.core.client_socket import present_client
from app.web.core.context import Konspekt, konspekt
from app.web.live import file_mode, stream
from app.web.live.access import count, is_allowed, owner_of_kept
from app.web.live.asyncapi import description
from app.web.live.hello import NO_OBJECT, read_hello
from app.web.live.others import others_with_room
from app.web.live.protocols.base import Close
from app.web.live.socket import MAX_MESSAGE_BYTES, Connection, connection
from app.web.live.waiting import served

HELLO_S = 10.0

NOT_ALLOWED = N_(
    "The server takes no sound from this page. Reload it; if that does not help,"
    " look at KONSPEKT_LIVE_ORIGINS and at what a proxy makes of the address."
)
NO_KEY = N_("This server asks for a key of its API: send it as “Authorization: Bearer …”.")
NOBODYS = N_(
    "This browser keeps no cookie of this page, so nothing is saved: copy the text before you leave."
)

ENGLISH = frozenset({"en"})
ENGLISH_ONLY = N_("The engine that is here hears only English; other languages need Whisper.")

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
        if not is_allowed(parts.config):
            ws.send(Error("not_allowed", NOT_ALLOWED if "Origin" in request.headers else NO_KEY))
            ws.close(Close.POLICY, "origin or key")
            return
        with stream.closed_with_reason(ws):
            count()
            _serve(ws, parts)


def _serve(ws: Connection, parts: Konspekt) -> None:
    first = ws.receive(timeout=min(HELLO_S, parts.config.live_idle_s))
    if first is None:
        raise BadInput(NO_OBJECT)
    hello = read_hello(first)
    if hello.mode == "file":
        _serve_file(ws, parts, hello.language)
        return
    owner = owner_of_kept() if hello.keep else ""
    comes_back = parts.saved_streams.find(owner, hello.recording or "") is not None
    if comes_back:
        parts.saved_streams.release(hello.recording or "")  # its place is free again before one is asked for
    if client := present_client():
        client.leave_place()  # those of the hub and of its line are fewer
    open_session = partial(parts.live.open, hello.sound, hello.language, notify=ws.wake, from_s=hello.from_s)
    elsewhere = tuple if hello.moved else others_with_room
    session = served(ws, parts, parts.live_line, open_session, first=comes_back, elsewhere=elsewhere)
    try:
        if owner:
            session.recorder = parts.saved_streams.record(
                owner, hello.recording, hello.from_s, lambda: parts.live.close(session)
            )
        recording = session.recorder.recording if session.recorder else None
        ws.send(Ready(session.name, session.engine.name, hello.language, recording))
        hears = parts.engines.hearing().languages
        if hello.language == "auto" and hears == ENGLISH and "Origin" not in request.headers:  # pages say so
            ws.send(Warn("english_only", ENGLISH_ONLY))
        if hello.keep and not owner:
            ws.send(Warn("not_kept", NOBODYS))
        if hello.speakers:
            stream.tell_speakers(ws, session, parts)
        stream.run(ws, session, parts)
    finally:
        if session.recorder:
            parts.saved_streams.close(session.recorder)
        parts.live.close(session)


def _serve_file(ws: Connection, parts: Konspekt, language: str) -> None:
    try:
        done = file_mode.serve(ws, parts, language, ws.send)
        ws.close(Close.NORMAL if done else Close.POLICY)
    except (AppError, JobCancelled, OSError, ConnectionClosed):
        raise
    except Exception:
        log.exception("a file sent to the live socket failed")
        ws.send(Error("engine_failed", BROKEN))
        ws.close(Close.BROKEN)
