"""Live transcription for other programs' clients: OpenAI's, Deepgram's, WhisperLive's and Vosk's."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask_sock import Sock
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from app.errors import N_, BadInput
from app.web.core.client_socket import present_client
from app.web.core.context import konspekt
from app.web.live import stream
from app.web.live.access import count, is_allowed
from app.web.live.others import refuse_where_full
from app.web.live.protocols.base import ForeignProtocol
from app.web.live.protocols.deepgram import DeepgramProtocol, opening_of
from app.web.live.protocols.json_message import read_object
from app.web.live.protocols.openai import OpenAiProtocol
from app.web.live.protocols.vosk import VoskProtocol
from app.web.live.protocols.whisperlive import WhisperLiveProtocol
from app.web.live.socket import Connection, connection

NO_CLIENT = N_("This is how none of the clients speaks that are served here; see docs/live.md.")

bp = APIBlueprint("foreign_live", __name__, enable_openapi=False)
sock = Sock()


@bp.before_request
def admit() -> None:
    """Refuse by HTTP whoever may not, or asks for what cannot be: before there is a socket."""
    if client := present_client():
        client.keep_place()  # until the stream is open
    if not is_allowed(konspekt().config):
        if "Origin" in request.headers:
            raise Forbidden
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    if request.path == "/v1/listen":
        opening_of(request.args)
    refuse_where_full()
    count()


@sock.route("/v1/realtime", bp=bp)  # type: ignore[untyped-decorator]  # flask-sock is not typed
def realtime(socket: Any) -> None:
    """Serve a transcription session of OpenAI's Realtime API."""
    serve(socket, openai_client)


@sock.route("/v1/listen", bp=bp)  # type: ignore[untyped-decorator]
def listen(socket: Any) -> None:
    """Serve a client of Deepgram."""
    serve(socket, deepgram_client)


@sock.route("/", bp=bp)  # type: ignore[untyped-decorator]
def root(socket: Any) -> None:
    """Serve clients that know a host and a port only; their first message says which they are."""
    serve(socket, by_first_message)


Messages = Iterator[str | bytes]
Chooses = Callable[[Connection, Messages], tuple[ForeignProtocol, Messages]]


def openai_client(ws: Connection, messages: Messages) -> tuple[ForeignProtocol, Messages]:
    return OpenAiProtocol(ws.say), messages


def deepgram_client(ws: Connection, messages: Messages) -> tuple[ForeignProtocol, Messages]:
    return DeepgramProtocol(ws.say, request.args), messages


def by_first_message(ws: Connection, messages: Messages) -> tuple[ForeignProtocol, Messages]:
    """Tell WhisperLive's clients from Vosk's. Raises BadInput for others."""
    first = next(messages)
    said = read_object(first) if isinstance(first, str) else {}
    if isinstance(first, bytes) or "config" in said:
        return VoskProtocol(ws.say), chain([first], messages)
    if "uid" in said:
        return WhisperLiveProtocol(ws.say), chain([first], messages)
    raise BadInput(NO_CLIENT)


def serve(socket: Any, chooses: Chooses) -> None:
    """Serve one stream; this thread alone sends."""
    parts = konspekt()
    with connection(socket) as ws, stream.closed_with_reason(ws):
        protocol, messages = chooses(ws, stream.messages(ws, parts))
        ws.protocol = protocol
        opening = protocol.open(messages)
        if client := present_client():
            client.leave_place()
        stream.serve(ws, parts, opening)
