"""Other programs' clients over real sockets; their bytes are those that they send, an engine counts."""

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import pytest
import simple_websocket
from flask import Flask
from websocket import ABNF

from app.live.hub import LiveHub
from app.web.core import standing
from app.web.core.context import konspekt
from app.web.live import foreign
from app.web.live.access import is_allowed
from app.web.live.socket import MAX_MESSAGE_BYTES, Connection
from tests.live.acting import SILENCE, SPEECH, Counting
from tests.web.account import new_account, signed_in

KEY = "a key of many letters"
BEARER = f"Bearer {KEY}"
SOUND = np.concatenate([SPEECH, SPEECH, SILENCE, SPEECH])  # heard as "0 1", "0"
PCM = (SOUND * 32768).astype("<i2").tobytes()
LISTEN = "/v1/listen?encoding=linear16&sample_rate=16000&model=nova-3"
WAIT_S = 30
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"any:{key}".encode()).decode()


class Client:
    """The client's side of a socket, after its handshake."""

    def __init__(self, sock: socket.socket) -> None:
        self.file = sock.makefile("rb")
        self._sock = sock
        while self.file.readline() != b"\r\n":
            pass

    def send(self, data: str | bytes) -> None:
        opcode = ABNF.OPCODE_TEXT if isinstance(data, str) else ABNF.OPCODE_BINARY
        self._sock.sendall(ABNF.create_frame(data, opcode).format())

    def read(self) -> Any:
        """Return the next message, or the code and the reason of the close."""
        first, size = self.file.read(2)
        length = size if size < 126 else int.from_bytes(self.file.read(2), "big")
        data = self.file.read(length)
        if first & 15 == ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big"), data[2:].decode()
        return json.loads(data)

    def rest(self) -> list[Any]:
        """Return the messages up to the close, and the close."""
        messages = [self.read()]
        while isinstance(messages[-1], dict):
            messages.append(self.read())
        return messages


Connected = Callable[[Flask], Callable[..., Client]]


@pytest.fixture
def connect(app: Flask, connected: Connected) -> Callable[..., Client]:
    return connected(app)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connected]:
    hub = LiveHub(Counting(), 3)
    serving: list[threading.Thread] = []

    def of(app: Flask) -> Callable[..., Client]:
        monkeypatch.setattr(konspekt(app).live, "open", hub.open)
        monkeypatch.setattr(konspekt(app).live, "close", hub.close)
        return partial(connect, app)

    def connect(app: Flask, path: str, chooses: foreign.Chooses, **headers: str) -> Client:
        ours, theirs = socket.socketpair()
        theirs.settimeout(WAIT_S)
        stack.callback(theirs.close)

        def serve() -> None:
            with app.test_request_context(path, headers={**UPGRADE, **headers}) as context:
                environ = context.request.environ | {"werkzeug.socket": ours}
                server = simple_websocket.Server(environ, max_message_size=MAX_MESSAGE_BYTES)
                with suppress(simple_websocket.ConnectionClosed):  # flask-sock does this
                    foreign.serve(server, chooses)

        serving.append(threading.Thread(target=serve))
        serving[-1].start()
        client = Client(theirs)
        stack.callback(client.file.close)
        return client

    with ExitStack() as stack:
        yield of
    for thread in serving:
        thread.join(WAIT_S)
    hub.stop()


def test_vosks_client_is_answered_packet_by_packet(connect: Callable[..., Client]) -> None:
    client = connect("/", foreign.by_first_message)
    client.send('{ "config" : { "sample_rate" : 16000.000000 } }')
    texts = []
    for i in range(0, len(PCM), 8_000):
        client.send(PCM[i : i + 8_000])
        texts.append(client.read().get("text", ""))
    client.send('{"eof" : 1}')
    last, close = client.rest()
    assert " ".join([*filter(None, texts), last["text"]]) == "0 1 0"
    assert close == (1000, "")


def test_whisperlives_client_gets_its_segments(connect: Callable[..., Client]) -> None:
    client = connect("/", foreign.by_first_message)
    client.send('{"uid": "u", "language": "en", "task": "transcribe", "send_last_n_segments": 10}')
    assert client.read()["message"] == "SERVER_READY"
    client.send(SOUND.astype("<f4").tobytes())
    client.send(b"END_OF_AUDIO")
    *_, last, close = client.rest()
    assert [one["text"] for one in last["segments"]] == ["0 1", "0"]
    assert close == (1000, "")


def test_deepgrams_client_gets_results_and_metadata(connect: Callable[..., Client]) -> None:
    client = connect(LISTEN, foreign.deepgram_client)
    client.send(PCM)
    client.send('{"type": "Finalize"}')
    client.send('{"type": "CloseStream"}')
    *results, metadata, close = client.rest()
    texts = [one["channel"]["alternatives"][0]["transcript"] for one in results]
    assert texts == ["0 1", "0", ""]
    assert [one["from_finalize"] for one in results] == [False, False, True]
    assert (metadata["type"], metadata["duration"], close) == ("Metadata", 4.0, (1000, ""))


def test_openais_client_gets_what_it_commits(connect: Callable[..., Client]) -> None:
    client = connect("/v1/realtime?intent=transcription", foreign.openai_client)
    sound = {"format": {"type": "audio/pcm", "rate": 16_000}, "turn_detection": None}
    wish = {**sound, "transcription": {"model": "gpt-4o-transcribe", "language": "en"}}
    session = {"type": "transcription", "audio": {"input": wish}}
    client.send(json.dumps({"type": "session.update", "session": session}))
    audio = base64.b64encode(PCM).decode()
    client.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))
    client.send('{"type": "input_audio_buffer.commit"}')
    messages = [client.read()]
    while not messages[-1]["type"].endswith(".completed"):
        messages.append(client.read())
    assert [message["type"] for message in messages[:2]] == ["session.created", "session.updated"]
    assert messages[-1]["transcript"] == "0 1 0"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 401),
        ("/", {"Authorization": basic("another")}, 401),
        ("/v1/realtime", {"Authorization": "Bearer another"}, 401),
        ("/v1/realtime", {"Authorization": BEARER, "Origin": "https://evil.example"}, 403),
        ("/v1/listen?model=nova-3", {"Authorization": BEARER}, 400),
        (LISTEN + "&redact=pci", {"Authorization": f"Token {KEY}"}, 400),
        (
            LISTEN + "&redact=pci",
            {"Authorization": "Basic " + base64.b64encode(f"any:{KEY}".encode()).decode()},
            400,
        ),
    ],
)
def test_who_may_not_or_asks_for_what_cannot_be_gets_no_socket(
    make_app: Callable[..., Flask], path: str, headers: dict[str, str], status: int
) -> None:
    client = make_app(api_key=KEY).test_client()
    assert client.get(path, headers=UPGRADE | headers).status_code == status


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (b"\0\0", "before the sound"),
        ('{"sample_rate": 16000}', "none of the clients"),
        ('{"config": {"sample_rate": 16000, "phrase_list": ["yes"]}}', "phrase_list"),
        ('{"uid": "u", "task": "translate"}', "task"),
    ],
)
def test_what_would_be_misread_is_refused_with_the_reason(
    connect: Callable[..., Client], first: str | bytes, reason: str
) -> None:
    client = connect("/", foreign.by_first_message)
    client.send(first)
    code, told = client.rest()[-1]
    assert code == 1008
    assert reason in told


@pytest.mark.usefixtures("cheap_passwords")
@pytest.mark.parametrize("by", ["key", "sign-in"])
def test_an_open_socket_ends_when_its_key_or_its_sign_in_is_taken_back(
    make_app: Callable[..., Flask], connected: Connected, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr(standing, "LOOK_EVERY_S", 0.0)
    app, now = make_app(auth="password"), datetime.now(UTC)
    parts = konspekt(app)
    anna = new_account(app, "Anna")
    headers = {"Origin": "http://localhost"}
    if by == "key":
        made, key = parts.integrations.api_keys.add("a program", "write", now, account=anna)
        headers = {"Authorization": f"Token {key}"}
    else:
        cookie = signed_in(app, anna).client.get_cookie("session")
        assert cookie
        headers["Cookie"] = f"session={cookie.value}"

    def admitted(ws: Connection, messages: foreign.Messages) -> Any:
        assert is_allowed(parts.config)
        return foreign.deepgram_client(ws, messages)

    client = connected(app)(LISTEN, admitted, **headers)
    client.send(PCM)
    assert client.read()["type"] == "Results", "it is heard"
    if by == "key":
        parts.integrations.api_keys.revoke(made.id, now)
    else:
        parts.integrations.sign_ins.end_all(anna)
    code, reason = client.rest()[-1]
    assert (code, reason.split(",")[0]) == (1008, "You are signed out")
