"""Live transcription over WebSocket. docs/live.md is the protocol, /asyncapi.json its description."""

import contextlib
import hmac
import json
import socket
import ssl
import struct
import sys
import threading
import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import structlog
from apiflask import APIBlueprint
from flask import Flask, Response, jsonify, request
from flask_babel import gettext
from flask_sock import Sock
from simple_websocket import ConnectionClosed

from app.config import Config
from app.errors import N_, AppError, BadInput, Overloaded, UnsupportedLanguage
from app.live.events import Error, Event, Ready, Warn, later, to_dict
from app.live.kept import Keeping
from app.live.session import SAMPLE_BYTES, LiveSession, SoundFormat
from app.web import languages, sessions
from app.web.context import Konspekt, konspekt
from app.web.errors import translate
from app.web.live_schema import description

MAX_MESSAGE_BYTES = 2**21
INBOX_MESSAGES = 64  # that wait between the socket and the stream; then the sender waits
INBOX_S = 60  # for which it waits at most
AHEAD_S = 60.0  # of sound that is not heard yet; then the sender waits: nothing is dropped, memory is bounded
HELLO_S = 10.0
SEND_S = 5  # a peer that reads nothing for so long, its buffers full, loses its connection
LINGER_S = 2.0  # for which the server waits for the client's side of a close
TURN_S = 0.5  # how often a waiting thread looks at the clock and at the server's stop
RATES = range(8_000, 192_001)
CHANNELS = range(1, 9)
# RFC 6455 section 7.4.1, and "try again later" of its registry
NORMAL, GOING_AWAY, POLICY, BROKEN, TRY_AGAIN = 1000, 1001, 1008, 1011, 1013

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


@bp.get("/asyncapi.json")
def asyncapi() -> Response:
    return jsonify(description())


class Inbox(list[Any]):
    """A list for simple-websocket to put messages in: when it is full, the sender waits."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()

    def append(self, message: Any) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self) < INBOX_MESSAGES, INBOX_S):
                raise OSError("the stream took nothing for too long")  # simple-websocket closes it
            super().append(message)

    def pop(self, index: Any = -1) -> Any:
        with self._changed:
            message = super().pop(index)
            self._changed.notify()
            return message

    def put_before(self, messages: list[Any]) -> None:
        """Put what came earlier before what is here, however much it is: it is in memory already."""
        with self._changed:
            self[:0] = messages


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message. recording, from_s: which kept stream goes on, and where."""

    sound: SoundFormat
    language: str
    keep: bool = False
    recording: str | None = None
    from_s: float = 0.0


@sock.route("/ws/transcribe", bp=bp)  # type: ignore[untyped-decorator]  # flask-sock is not typed
def transcribe(ws: Any) -> None:
    """Serve one stream; this thread alone sends."""
    parts = konspekt()
    if not _is_allowed(parts.config):
        _close(ws, POLICY, "origin or key")
        return
    sessions.release()
    early, ws.input_buffer = ws.input_buffer, Inbox()
    ws.input_buffer.put_before(early)
    if sys.platform == "linux":
        ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_S, 0))
    try:
        _serve(ws, parts)
    except AppError as error:
        _send(ws, refusal(error))
        _close(ws, TRY_AGAIN if isinstance(error, Overloaded) else POLICY)
    except OSError as error:
        log.info("a live client was lost", reason=str(error))


def refusal(error: AppError) -> Error:
    """Say why there is no stream."""
    if isinstance(error, Overloaded):
        return Error("server_full", translate(error), error.retry_after_s)
    code = "bad_hello" if isinstance(error, BadInput) else "unavailable"
    if isinstance(error, UnsupportedLanguage):
        code = "unsupported_language"
    return Error(code, translate(error))


def read_hello(message: object) -> Hello:
    """Read the first message, or raise BadInput."""
    try:
        wish = json.loads(message) if isinstance(message, str) else None
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise BadInput(N_("The first message must be a JSON object; see docs/live.md."))
    rate, channels = wish.get("sample_rate", 16_000), wish.get("channels", 1)
    kind, language = wish.get("format", "s16le"), wish.get("language", "auto")
    if wish.get("mode", "live") != "live":
        raise BadInput(N_("This server knows the mode “live” only. Send files to /v1/audio/transcriptions."))
    if type(rate) is not int or rate not in RATES:
        raise BadInput(N_("sample_rate must be between 8000 and 192000."))
    if type(channels) is not int or channels not in CHANNELS:
        raise BadInput(N_("channels must be between 1 and 8."))
    if kind not in SAMPLE_BYTES:
        raise BadInput(N_("format must be s16le or f32le."))
    keep, recording, from_s = wish.get("keep", False), wish.get("recording"), wish.get("from", 0)
    if type(keep) is not bool or not isinstance(recording, str | None):
        raise BadInput(N_("keep must be true or false, and recording what “ready” named."))
    if type(from_s) not in (int, float) or not 0 <= from_s <= konspekt().config.max_duration_s:
        raise BadInput(N_("from must be seconds, at most as long as a recording may be."))
    sound = SoundFormat(rate, channels, kind)
    return Hello(sound, languages.chosen(str(language)), keep, recording, float(from_s))


def _serve(ws: Any, parts: Konspekt) -> None:
    first = ws.receive(timeout=HELLO_S)
    if first is None:
        raise BadInput(N_("The first message must be a JSON object; see docs/live.md."))
    hello = read_hello(first)
    owner = sessions.owner() if hello.keep else ""
    if parts.kept.find(owner, hello.recording or ""):
        parts.kept.let_go(hello.recording or "")  # its place is free again before one is asked for
    session = parts.live.open(hello.sound, hello.language, notify=ws.event.set)
    keeping: Keeping | None = None
    try:
        if owner:
            keeping = parts.kept.keep(owner, hello.recording, hello.from_s, lambda: parts.live.close(session))
            session.keep = keeping.add
        recording = keeping.recording if keeping else None
        _send(ws, Ready(session.name, session.engine.name, hello.language, recording))
        _stream(ws, session, parts, Teller(ws, session.engine.name, hello.from_s, keeping))
    finally:
        if keeping:
            parts.kept.close(keeping)
        parts.live.close(session)


@dataclass(slots=True)
class Teller:
    """Sends a stream's events with the recording's times, after they are kept if they are to be."""

    ws: Any
    engine: str
    from_s: float
    keeping: Keeping | None
    warned: bool = False

    def tell(self, events: list[Event]) -> None:
        for event in events:
            told = later(event, self.from_s)
            if self.keeping:
                self.keeping.note(told, self.engine)
            _send(self.ws, told)
        if self.keeping and self.keeping.trouble and not self.warned:
            self.warned = True
            _send(self.ws, Warn("not_kept", translate(self.keeping.trouble)))


def _stream(ws: Any, session: LiveSession, parts: Konspekt, teller: Teller) -> None:
    """Take packets and send events until the stream is over."""
    opened = heard_from = time.monotonic()
    finished = False
    while True:
        ws.event.wait(TURN_S)
        ws.event.clear()
        while session.behind_s < AHEAD_S and (message := ws.receive(timeout=0)) is not None:
            heard_from = time.monotonic()
            if isinstance(message, bytes) and not finished:
                session.accept_chunk(message)
            elif _is_end(message):
                finished = True
                session.finish()
        over = session.done.is_set()  # before the events are taken, so that the last of them goes out
        teller.tell(session.take())
        now = time.monotonic()
        if over:
            _close(ws, BROKEN if session.failed else NORMAL)
            return
        if parts.stopping.is_set():
            _close(ws, GOING_AWAY, "the server stops")
            return
        if not finished and session.behind_s < AHEAD_S and now - heard_from > parts.config.live_idle_s:
            _send(ws, Error("idle", N_("No sound came for too long, so the stream was closed.")))
            _close(ws, POLICY)
            return
        if now - opened > parts.config.live_session_s:
            _send(ws, Error("too_long", N_("The stream lasted as long as one may. Start another.")))
            _close(ws, POLICY)
            return
        if not ws.connected:
            raise ConnectionClosed(ws.close_reason, ws.close_message)
        if ws.input_buffer and session.behind_s < AHEAD_S:
            ws.event.set()  # what came while we wrote


def _close(ws: Any, code: int, message: str | None = None) -> None:
    """Close, and read on until the client has closed too: bytes left unread would make a reset of it."""
    if isinstance(ws.sock, ssl.SSLSocket):  # has no dup
        ws.close(code, message)
        return
    with ws.sock.dup() as rest:
        ws.close(code, message)
        ws.thread.join(LINGER_S)
        deadline = time.monotonic() + LINGER_S
        with contextlib.suppress(OSError):
            rest.shutdown(socket.SHUT_WR)
            rest.settimeout(LINGER_S)
            while time.monotonic() < deadline and rest.recv(2**16):
                pass


def _is_end(message: object) -> bool:
    try:
        return isinstance(message, str) and json.loads(message).get("type") == "end"
    except (ValueError, AttributeError):
        return False


def _send(ws: Any, event: Event) -> None:
    if isinstance(event, Error):
        event = replace(event, message=gettext(event.message))
    ws.send(json.dumps(to_dict(event), ensure_ascii=False))


def _is_allowed(config: Config) -> bool:
    """Let in our own pages, those of `live_origins`, and programs; these need the key if there is one."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.host or origin in config.live_origins
    if config.api_key is None:
        return True
    expected = f"Bearer {config.api_key.get_secret_value()}"
    return hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode())
