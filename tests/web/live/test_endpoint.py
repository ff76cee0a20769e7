"""Live transcription over real sockets, against the real program."""

import contextlib
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
import websocket

from app.audio.wav import write_wav
from app.live import client
from app.live.client import AudioSource, StreamClient
from tests.running import RunningServer
from tests.speech import MEETING, english, word_error_rate
from tests.waiting import SOON_S, until
from tests.weights_server import Answer, weights_server

SENTENCES = (
    *MEETING,
    "We will buy a new printer for the second floor next week.",
    "The weather in the mountains was cold and very windy.",
    "Please send the letter to the bank before Friday morning.",
    "My brother plays the piano in a small church near the river.",
)
HELLO = {"sample_rate": 16_000, "channels": 1, "format": "s16le", "language": "en", "mode": "live"}
WAIT_S = 60

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("live"), max_live_streams=8) as running:
        running.wait_until_ready()
        yield running


def address(server: RunningServer) -> str:
    return server.url.replace("http://", "ws://") + "/ws/transcribe"


def pcm(text: str) -> bytes:
    return (english(text).samples[0] * 32767).astype("<i2").tobytes()


Connect = Callable[..., websocket.WebSocket]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connect as a foreign client, and say hello; what was opened is closed after the test."""
    opened: list[websocket.WebSocket] = []

    def connect(server: RunningServer, hello: object = HELLO, **options: Any) -> websocket.WebSocket:
        foreign = websocket.create_connection(
            address(server), timeout=WAIT_S, suppress_origin="origin" not in options, **options
        )
        opened.append(foreign)
        if hello is not None:
            foreign.send(json.dumps(hello))
        return foreign

    yield connect
    for foreign in opened:
        foreign.shutdown()


def read(foreign: websocket.WebSocket) -> dict[str, Any]:
    """Return the next message, or the code of the close."""
    code, data = foreign.recv_data()
    if code == websocket.ABNF.OPCODE_CLOSE:
        return {"type": "close", "code": int.from_bytes(data[:2], "big")}
    return json.loads(data)


def read_to(foreign: websocket.WebSocket, *types: str) -> list[dict[str, Any]]:
    """Return the messages up to the first of one of `types`."""
    messages = [read(foreign)]
    while messages[-1]["type"] not in types:
        messages.append(read(foreign))
    return messages


def said(messages: list[dict[str, Any]]) -> str:
    return " ".join(message["text"] for message in messages if message["type"] == "final")


def test_without_weights_a_stream_that_is_to_tell_speakers_says_so_and_goes_on(
    server: RunningServer, connect: Connect
) -> None:
    foreign = connect(server, {**HELLO, "speakers": True})
    assert read(foreign)["type"] == "ready"
    warned = read(foreign)
    assert (warned["type"], warned["code"]) == ("warning", "no_speakers")
    foreign.send(json.dumps({"type": "end"}))
    assert read_to(foreign, "end")


def test_who_asks_for_any_language_is_told_that_only_english_is_heard(
    server: RunningServer, connect: Connect
) -> None:
    foreign = connect(server, {**HELLO, "language": "auto"})
    assert read(foreign)["type"] == "ready"
    warned = read(foreign)
    assert (warned["type"], warned["code"]) == ("warning", "english_only")
    assert "Whisper" in warned["message"]
    foreign.send(json.dumps({"type": "end"}))
    assert read_to(foreign, "end")


def test_eight_streams_at_once_each_get_their_own_words_to_the_last(
    server: RunningServer, tmp_path: Path
) -> None:
    clients = [StreamClient(address(server), "en") for _ in SENTENCES]

    def run(i: int) -> None:
        path = tmp_path / f"{i}.wav"
        write_wav(path, english(SENTENCES[i]))
        for _ in clients[i].run(AudioSource(path)):
            pass

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for own, done in zip(SENTENCES, clients, strict=True):
        assert done.messages, done.close_code
        assert done.messages[-1]["type"] == "end", done.messages[-1]
        heard = said(done.messages)
        rates = {text: word_error_rate(text, heard) for text in SENTENCES}
        assert min(rates, key=rates.__getitem__) == own, heard
        assert rates[own] < 0.5, heard
        assert done.messages[-1]["duration_s"] == pytest.approx(english(own).duration_s, abs=0.1)
        assert done.close_code == 1000


def test_the_client_sends_a_file_prints_and_writes_its_text(
    server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, text = tmp_path / "speech.wav", tmp_path / "text.txt"
    write_wav(file, english(MEETING[1]))
    words = ["--url", address(server), "--language", "en", "--streams", "2", "-o", str(text)]
    assert client.main([str(file), *words]) == 0
    written = [text.with_stem(f"text-{number}").read_text("utf-8") for number in (1, 2)]
    assert all(word_error_rate(MEETING[1], one) < 0.5 for one in written), "one file a stream"
    assert written[0].split()[0] in capsys.readouterr().out


def test_the_client_tells_a_mistake_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        client.main([str(tmp_path / "missing.wav")])
    text = tmp_path / "notes.mp3"
    text.write_text("Dear colleagues,")
    assert client.main([str(text)]) == 1
    assert "This is not audio or video" in capsys.readouterr().err


def test_packets_of_one_byte_and_of_a_megabyte_are_the_same_stream(
    server: RunningServer, connect: Connect
) -> None:
    sound = pcm(MEETING[1]).ljust(1_001_000, b"\0")
    foreign = connect(server)
    for i in range(1000):
        foreign.send_binary(sound[i : i + 1])
    foreign.send_binary(sound[1000:])
    foreign.send('{"type": "end"}')
    messages = read_to(foreign, "end")
    assert word_error_rate(MEETING[1], said(messages)) < 0.5
    assert messages[-1]["duration_s"] == pytest.approx(len(sound) / 32_000, abs=0.01)


def test_ten_wait_for_a_place_in_their_order_and_the_eleventh_is_refused(
    server: RunningServer, connect: Connect
) -> None:
    streams = [connect(server) for _ in range(8)]
    for stream in streams:
        assert read(stream)["type"] == "ready"
    waiting = []
    for place in range(1, 11):
        waiting.append(connect(server))
        told = read(waiting[-1])
        assert (told["type"], told["place"]) == ("waiting", place)
        assert told["expected_s"] >= place
    one_more = connect(server, header=["Accept-Language: ru"])
    refused = read(one_more)
    assert (refused["code"], refused["message"]) == ("server_full", "Сервер перегружен, попробуйте позже.")
    assert refused["retry_after_s"] > 0
    assert read(one_more) == {"type": "close", "code": 1013}

    waiting.pop(3).shutdown()  # who leaves the line gives his place to those behind him
    streams[0].send_binary(pcm(MEETING[0])[:50_000])
    streams[0].shutdown()
    assert read_to(waiting[0], "ready")[-1]["type"] == "ready"
    until(lambda: read_to(waiting[1], "waiting")[-1]["place"] == 1)
    until(lambda: read_to(waiting[-1], "waiting")[-1]["place"] == 8)
    for stream in (*streams[1:], *waiting):
        stream.shutdown()

    def is_free() -> bool:
        again = connect(server)
        free = read(again)["type"] == "ready"
        again.shutdown()
        return free

    until(is_free)


def test_a_program_has_its_stream_saved_and_fetches_it(server: RunningServer, connect: Connect) -> None:
    stream = connect(server, {**HELLO, "keep": True})
    recording = read(stream)["recording"]
    address = f"{server.url}/api/live/{recording}"
    stream.send_binary(pcm(MEETING[1]))
    assert requests.get(address, timeout=WAIT_S).json()["open"] is True
    stream.send('{"type": "end"}')
    heard = said(read_to(stream, "end"))

    def is_over() -> bool:
        return requests.get(address, timeout=WAIT_S).json()["open"] is False

    until(is_over)
    (kept,) = requests.get(f"{server.url}/api/live", timeout=WAIT_S).json()["streams"]
    assert (kept["recording"], kept["ended"]) == (recording, True)
    assert requests.get(address, timeout=WAIT_S).json()["text"] == heard
    given = {
        name: requests.get(f"{address}/{name}", timeout=WAIT_S) for name in ("transcript.txt", "sound.wav")
    }
    assert heard.split()[1] in given["transcript.txt"].content.decode("utf-8-sig")
    assert len(given["sound.wav"].content) == pytest.approx(len(pcm(MEETING[1])), abs=100)
    assert requests.get(f"{address}/minutes.docx", timeout=WAIT_S).status_code == 404
    assert requests.delete(address, timeout=WAIT_S).status_code == 204
    assert requests.get(address, timeout=WAIT_S).status_code == 404


def test_a_model_that_dies_under_one_stream_leaves_the_others_alone(
    server: RunningServer, connect: Connect
) -> None:
    one, other = connect(server), connect(server)
    for stream in (one, other):
        assert read(stream)["type"] == "ready"
    for stream, text in ((one, MEETING[0]), (other, MEETING[1])):
        stream.send_binary(pcm(text)[: 2 * 16_000 * 2])
        read_to(stream, "partial")
        if stream is one:
            until(lambda: len(decoders(server)) == 1)  # those of the tests before have ended
            os.kill(decoders(server)[0], signal.SIGKILL)
    one.send_binary(pcm(MEETING[0])[2 * 16_000 * 2 :])
    failed = read_to(one, "error", "end")[-1]
    assert failed.get("code") == "engine_failed"
    assert read(one) == {"type": "close", "code": 1011}
    other.send_binary(pcm(MEETING[1])[2 * 16_000 * 2 :])
    other.send('{"type": "end"}')
    assert word_error_rate(MEETING[1], said(read_to(other, "end"))) < 0.5


def decoders(server: RunningServer) -> list[int]:
    """Return the server's processes that hear a stream: forks of the one that loaded the model."""
    found: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            if os.getpgid(int(folder.name)) != server.process.pid:
                continue
            if b"live_child" in (folder / "cmdline").read_bytes():
                found[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
    return [pid for pid, parent in found.items() if parent in found]


def test_a_page_of_another_site_is_shown_the_door(server: RunningServer, connect: Connect) -> None:
    evil = connect(server, origin="https://evil.example")
    assert read(evil)["code"] == "not_allowed"
    assert read(evil) == {"type": "close", "code": 1008}
    own = connect(server, origin=server.url)
    assert read(own)["type"] == "ready"


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ("no object", "bad_hello"),
        ({**HELLO, "sample_rate": 1e9}, "bad_hello"),
        ({**HELLO, "channels": 0}, "bad_hello"),
        ({**HELLO, "format": "mp3"}, "bad_hello"),
        ({**HELLO, "mode": "batch"}, "bad_hello"),
        ({**HELLO, "keep": 1}, "bad_hello"),
        ({**HELLO, "from": -1}, "bad_hello"),
        ({**HELLO, "from": float("nan")}, "bad_hello"),
        ({**HELLO, "language": "ru"}, "unsupported_language"),
    ],
)
def test_a_wrong_hello_is_refused_with_its_reason(
    server: RunningServer, connect: Connect, hello: object, code: str
) -> None:
    begun = time.monotonic()
    foreign = connect(server, hello)
    told = read(foreign)
    assert time.monotonic() - begun < SOON_S
    assert told["code"] == code
    assert ("flask models fetch" in told["message"]) == (code == "unsupported_language")
    assert read(foreign) == {"type": "close", "code": 1008}


def test_a_stream_that_comes_while_whisper_is_fetched_is_told_when_to_come_again(
    tmp_path: Path, connect: Connect
) -> None:
    with weights_server() as weights:
        weights.answers.append(Answer(length=1 << 27, stalls=True))
        settings = {"max_fetch_bytes": 10**9, "weights_mirror": weights.url}
        with RunningServer(tmp_path, **settings) as running:
            running.wait_until_ready()
            for language in ("ru", "en"):
                begun = time.monotonic()
                foreign = connect(running, {**HELLO, "language": language})
                told = read(foreign)
                assert (told["type"], told["code"]) == ("error", "unavailable")
                assert "Whisper is being fetched" in told["message"]
                assert 0 < told["retry_after_s"] <= 60
                assert read(foreign) == {"type": "close", "code": 1013}
                assert time.monotonic() - begun < SOON_S
                until(lambda: weights.asked == [None])  # by the first of them, and by it alone
            assert running.stop() == 0


def test_a_peer_that_never_reads_is_let_go_and_the_server_stops_with_1001(
    tmp_path: Path, connect: Connect
) -> None:
    with RunningServer(tmp_path, max_live_streams=1, live_ping_s=2) as running:
        running.wait_until_ready()
        deaf = connect(running)
        deaf.send_binary(np.zeros(16_000, "<i2").tobytes())
        deaf.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)  # and from here on it reads nothing
        opened: list[websocket.WebSocket] = []

        def is_free() -> bool:
            foreign = connect(running)
            if read(foreign)["type"] == "ready":
                opened.append(foreign)
            else:
                foreign.shutdown()  # else the server waits for its close, in a place of this address
            return bool(opened)

        until(is_free)
        running.process.send_signal(signal.SIGTERM)
        assert read_to(opened[-1], "close")[-1]["code"] == 1001
        assert running.stop() == 0


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = {"live_idle_s": 1.5, "live_session_s": 6, "max_live_streams": 8, "api_key": KEY}
    with RunningServer(tmp_path_factory.mktemp("strict"), **settings) as running:
        running.wait_until_ready()
        yield running


KEY = "a key of many letters"
BEARER = [f"Authorization: Bearer {KEY}"]


def test_who_says_no_hello_is_let_go(strict: RunningServer, connect: Connect) -> None:
    silent = connect(strict, None, header=BEARER)
    assert read(silent)["code"] == "bad_hello"
    assert read(silent) == {"type": "close", "code": 1008}


def test_who_sends_nothing_is_let_go_and_told_why(strict: RunningServer, connect: Connect) -> None:
    silent = connect(strict, header=BEARER)
    assert read_to(silent, "error")[-1]["code"] == "idle"
    assert read(silent) == {"type": "close", "code": 1008}


def test_a_stream_lasts_no_longer_than_one_may(strict: RunningServer, connect: Connect) -> None:
    tireless, stop = connect(strict, header=BEARER), threading.Event()

    def send() -> None:
        while not stop.wait(0.1):
            tireless.send_binary(bytes(3200))

    assert read(tireless)["type"] == "ready"
    sender = threading.Thread(target=send)
    sender.start()
    try:
        assert read_to(tireless, "error")[-1]["code"] == "too_long"
    finally:
        stop.set()
        sender.join()
    assert read(tireless) == {"type": "close", "code": 1008}


def test_with_a_key_only_it_or_a_visitors_session_opens_a_stream(
    strict: RunningServer, connect: Connect
) -> None:
    for refused in (
        {},
        {"origin": strict.url},  # which any program may say
        {"origin": strict.url, "cookie": "session=made-up"},
        {"header": ["Authorization: Bearer another"]},
        {"origin": "https://evil.example", "header": BEARER},
    ):
        barred = connect(strict, **refused)
        assert read(barred)["code"] == "not_allowed", refused
        assert read(barred) == {"type": "close", "code": 1008}, refused
    with requests.Session() as visitor:
        visitor.get(strict.url, timeout=WAIT_S)
        cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    for let_in in ({"header": BEARER}, {"origin": strict.url, "cookie": cookie}):
        assert read(connect(strict, **let_in))["type"] == "ready", let_in


def test_a_message_of_more_than_2_mib_is_refused_by_its_code(server: RunningServer, connect: Connect) -> None:
    greedy = connect(server)
    assert read(greedy)["type"] == "ready"
    greedy.send_binary(bytes(2**21 + 1))
    assert read_to(greedy, "close")[-1]["code"] == 1009
    good = connect(server)
    assert read(good)["type"] == "ready"
    good.send_binary(bytes(2**21))
    good.send('{"type": "end"}')
    assert read_to(good, "end")[-1]["duration_s"] == pytest.approx(2**21 / 32_000, abs=0.01)


def test_who_sends_more_than_can_be_heard_waits_and_loses_nothing_nor_his_place(
    tmp_path: Path, connect: Connect
) -> None:
    with RunningServer(tmp_path, live_ping_s=1, max_live_streams=1) as running:
        running.wait_until_ready()
        foreign = connect(running, sockopt=[(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**16)])
        foreign.send_binary(pcm(MEETING[1]))
        read_to(foreign, "partial")
        [decoder] = decoders(running)
        os.kill(decoder, signal.SIGSTOP)
        n, message = 4, bytes(2**21)
        sent_at: list[float] = []

        def send() -> None:
            for _ in range(n):
                foreign.send_binary(message)
                sent_at.append(time.monotonic())
            foreign.send('{"type": "end"}')

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        # The sender has waited longer than two pings that find no answer would take.
        until(lambda: bool(sent_at) and time.monotonic() - sent_at[-1] > 2.5)
        assert len(sent_at) < n
        os.kill(decoder, signal.SIGCONT)
        messages = read_to(foreign, "end", "close")
        sender.join()
    assert word_error_rate(MEETING[1], said(messages)) < 0.5
    expected_s = (len(pcm(MEETING[1])) + n * len(message)) / 32_000
    assert messages[-1].get("duration_s") == pytest.approx(expected_s, abs=0.1)
