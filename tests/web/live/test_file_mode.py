"""Whole files over the live socket."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket

from app.audio.wav import write_wav
from app.live import client
from tests.making import PICTURE, make_media
from tests.running import RunningServer
from tests.speech import MEETING, english, word_error_rate
from tests.waiting import until
from tests.weights_server import Answer, weights_server

pytestmark = pytest.mark.slow

MAX_BYTES = 2_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("files")
    with RunningServer(folder, transcriber="pocketsphinx", max_upload_bytes=MAX_BYTES) as running:
        running.wait_until_ready()
        yield running


@pytest.fixture
def video(tmp_path: Path) -> Path:
    write_wav(tmp_path / "speech.wav", english(MEETING[1]))
    return make_media(tmp_path / "video.mp4", *PICTURE, "-i", str(tmp_path / "speech.wav"))


@pytest.fixture
def foreign(server: RunningServer) -> Iterator[websocket.WebSocket]:
    socket = websocket.create_connection(address(server), timeout=60, suppress_origin=True)
    yield socket
    socket.shutdown()


def address(server: RunningServer) -> str:
    return server.url.replace("http", "ws", 1) + "/ws/transcribe"


def read_all(foreign: websocket.WebSocket) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    while True:
        code, data = foreign.recv_data()
        if code == websocket.ABNF.OPCODE_CLOSE:
            return [*messages, {"type": "close", "code": int.from_bytes(data[:2], "big")}]
        messages.append(json.loads(data))


def test_a_video_comes_back_as_text_with_the_progress_of_its_stages(
    server: RunningServer, foreign: websocket.WebSocket, video: Path
) -> None:
    foreign.send(json.dumps({"mode": "file", "language": "en"}))
    assert json.loads(foreign.recv())["type"] == "ready"
    content = video.read_bytes()
    for i in range(0, len(content), 10_000):
        foreign.send_binary(content[i : i + 10_000])
    foreign.send('{"type": "end"}')
    *messages, end, close = read_all(foreign)
    stages = [message["stage"] for message in messages if message["type"] == "progress"]
    assert list(dict.fromkeys(stages)) == ["extract", "transcribe"]
    assert all(0 <= m["fraction"] <= 1 for m in messages if m["type"] == "progress")
    finals = [message for message in messages if message["type"] == "final"]
    assert word_error_rate(MEETING[1], " ".join(final["text"] for final in finals)) < 0.5
    assert finals[0]["words"][0]["start"] >= 0
    assert end["type"] == "end"
    assert end["duration_s"] == pytest.approx(english(MEETING[1]).duration_s, abs=0.3)
    assert close["code"] == 1000
    assert not list((server.folder / "uploads/incoming").iterdir())


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no recording at all" * 100, "not audio or video"), (b"\0" * (MAX_BYTES + 1), "larger")],
)
def test_what_is_no_recording_or_too_large_is_refused_and_leaves_nothing(
    server: RunningServer, foreign: websocket.WebSocket, content: bytes, said: str
) -> None:
    foreign.send('{"mode": "file"}')
    assert json.loads(foreign.recv())["type"] == "ready"
    for i in range(0, len(content), 2**20):
        foreign.send_binary(content[i : i + 2**20])
    foreign.send('{"type": "end"}')
    *_, error, close = read_all(foreign)
    assert error["code"] == "bad_file"
    assert said in error["message"]
    assert close["code"] == 1008
    assert not list((server.folder / "uploads/incoming").iterdir())


def test_the_client_sends_a_file_as_it_is(
    server: RunningServer, video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "text.txt"
    wish = [str(video), "--url", address(server), "--mode", "file", "--language", "en", "-o", str(text)]
    assert client.main(wish) == 0
    assert word_error_rate(MEETING[1], text.read_text("utf-8")) < 0.5
    assert "Transcript" in capsys.readouterr().out


def test_who_leaves_while_whisper_is_fetched_gives_his_place_back(tmp_path: Path) -> None:
    def comes(server: RunningServer) -> str:
        """Say what one gets who asks, and leaves after a second."""
        foreign = websocket.create_connection(address(server), timeout=1, suppress_origin=True)
        foreign.send(json.dumps({"mode": "file", "language": "ru"}))
        try:
            return str(read_all(foreign)[0].get("code"))
        except websocket.WebSocketTimeoutException:
            return "waits"
        finally:
            foreign.shutdown()

    with weights_server() as weights:
        weights.answers.extend([Answer(length=1 << 27, stalls=True)] * 100)
        settings = {"max_fetch_bytes": 10**9, "weights_mirror": weights.url, "max_sync_calls": 1}
        with RunningServer(tmp_path, **settings) as running:
            running.wait_until_ready()
            assert comes(running) == "waits"
            until(lambda: comes(running) == "waits")
