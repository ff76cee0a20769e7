"""What becomes of live streams: kept with sound and text, gone on with, made into jobs."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import soundfile
import websocket

from tests.running import RunningServer
from tests.speech import MEETING, english, word_error_rate

pytestmark = pytest.mark.slow

WAIT_S = 120  # the machine may have other things to do


@dataclass
class Browser:
    """A visitor with cookies: pages by requests, streams by websocket-client."""

    server: RunningServer
    http: requests.Session
    token: str = ""

    def open(self, path: str = "/live", locale: str = "en") -> str:
        answer = self.http.get(self.server.url + path, headers={"Accept-Language": locale}, timeout=60)
        assert answer.status_code == 200, answer.text
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        assert found
        self.token = found[1]
        return answer.text

    def post(self, path: str, **data: str) -> requests.Response:
        return self.http.post(
            self.server.url + path, data={"csrf_token": self.token, **data}, timeout=30, allow_redirects=False
        )

    def stream(self, **hello: Any) -> websocket.WebSocket:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies)
        foreign = websocket.create_connection(
            self.server.url.replace("http", "ws", 1) + "/ws/transcribe",
            timeout=WAIT_S,
            cookie=cookies,
            origin=self.server.url,
        )
        foreign.send(json.dumps({"language": "en", "keep": True, **hello}))
        return foreign


def read(foreign: websocket.WebSocket) -> dict[str, Any]:
    code, data = foreign.recv_data()
    if code == websocket.ABNF.OPCODE_CLOSE:
        return {"type": "close", "code": int.from_bytes(data[:2], "big")}
    message: dict[str, Any] = json.loads(data)
    return message


def read_to(foreign: websocket.WebSocket, *types: str) -> list[dict[str, Any]]:
    messages = [read(foreign)]
    while messages[-1]["type"] not in types:
        messages.append(read(foreign))
    return messages


def pcm(text: str) -> bytes:
    return (english(text).samples[0] * 32767).astype("<i2").tobytes()


def said(messages: list[dict[str, Any]]) -> str:
    return " ".join(message["text"] for message in messages if message["type"] == "final")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(
        tmp_path_factory.mktemp("live"), transcriber="pocketsphinx", max_live_streams=2
    ) as running:
        running.wait_until_ready()
        yield running


@pytest.fixture
def visitor(server: RunningServer) -> Iterator[Callable[[], Browser]]:
    made: list[Browser] = []

    def visitor() -> Browser:
        browser = Browser(server, requests.Session())
        browser.open()
        made.append(browser)
        return browser

    yield visitor
    for browser in made:
        browser.http.close()


Visitor = Callable[[], Browser]


def spoken(anna: Browser, text: str) -> str:
    """Stream a sentence to its end; return the recording's id."""
    foreign = anna.stream()
    recording = read(foreign)["recording"]
    foreign.send_binary(pcm(text))
    foreign.send('{"type": "end"}')
    assert read_to(foreign, "end", "error")[-1]["type"] == "end"
    foreign.close()
    assert isinstance(recording, str)
    return recording


def finished(anna: Browser, job_id: str) -> str:
    deadline = time.monotonic() + WAIT_S
    while 'data-state="done"' not in (page := anna.open(f"/jobs/{job_id}")):
        assert time.monotonic() < deadline, page
        time.sleep(0.1)
    return page


def test_a_finished_stream_becomes_a_job_with_its_sound_transcript_and_minutes(
    server: RunningServer, visitor: Visitor
) -> None:
    anna = visitor()
    recording = spoken(anna, MEETING[1])
    shown = anna.http.get(f"{server.url}/live/{recording}/download/transcript.json", timeout=60).json()
    first = shown["segments"][0]
    for wrong in ({}, {"start": "nan", "text": "x"}, {"start": "0", "text": "x" * 20_001}):
        assert anna.post(f"/live/{recording}/lines", **wrong).status_code == 422
    corrected = anna.post(f"/live/{recording}/lines", start=str(first["start"]), text="<b>Как сказано</b>")
    assert corrected.status_code == 204
    assert visitor().post(f"/live/{recording}/lines", start="0", text="x").status_code == 404
    text = anna.http.get(f"{server.url}/live/{recording}/download/transcript.srt", timeout=60).text
    assert "Как сказано" in text
    assert "-->" in text
    answer = anna.post(f"/live/{recording}/minutes", name="Встреча 12.5", language="en")
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == f"/jobs/{recording}"
    page = finished(anna, recording)
    assert "Встреча 12.5" in page
    heard = anna.http.get(f"{server.url}/jobs/{recording}/download/transcript.srt", timeout=60).text
    assert heard == text  # the text of the stream, not heard anew
    sound = server.folder / "uploads" / recording / "source"
    assert soundfile.info(sound).duration == pytest.approx(english(MEETING[1]).duration_s, abs=0.05)
    assert not list((server.folder / "uploads/incoming").glob("live-*"))
    again = anna.post(f"/live/{recording}/minutes")
    assert again.headers["Location"] == f"/jobs/{recording}"
    queue = anna.http.get(f"{server.url}/queue", timeout=60).text
    assert queue.count("Встреча 12.5") >= 1
    redirected = anna.http.get(f"{server.url}/live/{recording}/download/transcript.srt", timeout=60)
    assert redirected.text == text


def test_nobody_else_reads_goes_on_with_deletes_or_makes_minutes_of_it(
    server: RunningServer, visitor: Visitor
) -> None:
    anna, boris = visitor(), visitor()
    recording = spoken(anna, MEETING[0])
    for action in ("minutes", "delete"):
        assert boris.post(f"/live/{recording}/{action}").status_code == 404
    stolen = boris.http.get(f"{server.url}/live/{recording}/download/transcript.txt", timeout=60)
    assert stolen.status_code == 404
    foreign = boris.stream(recording=recording)
    assert read(foreign)["recording"] != recording
    foreign.close()
    assert anna.http.post(f"{server.url}/live/{recording}/minutes", timeout=60).status_code == 400  # no token
    assert anna.post(f"/live/{recording}/delete").status_code == 303
    assert anna.post(f"/live/{recording}/minutes").status_code == 404


def test_who_is_no_visitor_or_does_not_ask_leaves_nothing(server: RunningServer, visitor: Visitor) -> None:
    before = set((server.folder / "uploads/incoming").iterdir())
    for browser, hello in ((Browser(server, requests.Session()), {}), (visitor(), {"keep": False})):
        foreign = browser.stream(**hello)
        assert read(foreign)["recording"] is None
        foreign.close()
    assert set((server.folder / "uploads/incoming").iterdir()) <= before


def test_a_lost_connection_loses_no_word_and_takes_its_place_back(visitor: Visitor) -> None:
    anna = visitor()
    sound, others = pcm(" ".join(MEETING[:2])), [anna.stream(keep=False)]
    for stream in others:
        assert read(stream)["type"] == "ready"
    lost = anna.stream()  # the second of two places; its end is never said
    recording = read(lost)["recording"]
    lost.send_binary(sound[: len(sound) // 2])
    known = read_to(lost, "partial", "final")
    heard = max((message.get("heard", 0.0) for message in known), default=0.0)
    again = anna.stream(recording=recording, **{"from": heard})
    assert read(again)["recording"] == recording
    again.send_binary(sound[round(heard * 16_000) * 2 :])
    again.send('{"type": "end"}')
    messages = read_to(again, "end")
    assert word_error_rate(" ".join(MEETING[:2]), f"{said(known)} {said(messages)}") < 0.5
    assert messages[-1]["duration_s"] == pytest.approx(len(sound) / 32_000, abs=0.1)
    assert read_to(lost, "close")[-1]["code"] == 1000
    for stream in (*others, lost, again):
        stream.shutdown()


@pytest.mark.timeout(400)  # two starts, and the models twice
def test_after_a_kill_the_sound_is_there_and_the_client_goes_on(tmp_path: Path) -> None:
    with RunningServer(tmp_path, transcriber="pocketsphinx", max_live_streams=1) as server:
        server.wait_until_ready()
        anna = Browser(server, requests.Session())
        anna.open()
        lost = anna.stream()
        recording = read(lost)["recording"]
        sound = pcm(MEETING[1])
        lost.send_binary(sound)
        lost.send_binary(b"\0" * 32_000)  # a pause: the sentence is over
        [*_, final] = read_to(lost, "final")
        server.kill()
        lost.shutdown()
        wav = tmp_path / f"uploads/incoming/live-{recording}/sound.wav"
        assert soundfile.info(wav).duration >= final["heard"]
        server.start()
        server.wait_until_ready()
        page = anna.open()
        assert recording in page
        answer = anna.post(f"/live/{recording}/minutes", name="After the kill")
        assert answer.status_code == 303, answer.text
        assert "After the kill" in finished(anna, recording)
        heard = anna.http.get(f"{server.url}/jobs/{recording}/download/transcript.txt", timeout=60)
        assert word_error_rate(MEETING[1], re.sub(r"(?s).*?\n\s*\n", "", heard.text)) < 1
        anna.http.close()


def test_two_clicks_at_once_make_one_job(server: RunningServer, visitor: Visitor) -> None:
    anna = visitor()
    recording = spoken(anna, MEETING[1])
    answers: list[requests.Response] = []
    clicks = [
        threading.Thread(target=lambda: answers.append(anna.post(f"/live/{recording}/minutes", name="Twice")))
        for _ in range(4)
    ]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert {(a.status_code, a.headers.get("Location")) for a in answers} == {(303, f"/jobs/{recording}")}
    finished(anna, recording)
    assert anna.http.get(f"{server.url}/queue", timeout=60).text.count(f'id="row-{recording}"') == 1
