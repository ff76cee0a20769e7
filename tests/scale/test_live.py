"""A live stream over two machines: one is killed, it goes on at the other, a worker makes its minutes."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket

from tests.postgres import Postgres
from tests.running import RunningServer
from tests.s3 import SeaweedFS, free_port, settings
from tests.scale.cluster import cluster
from tests.scale.test_long import restart
from tests.scale.test_short import stages_last
from tests.speech import MEETING, word_error_rate
from tests.waiting import until
from tests.web.pages.test_live import Browser, pcm, read, read_to, said

pytestmark = [
    pytest.mark.skipif(not os.environ.get("KONSPEKT_TRIALS"), reason="run by `make scale-test`"),
    pytest.mark.timeout(600),
]


def test_a_stream_outlives_its_process_and_a_full_one_names_the_other(tmp_path: Path) -> None:
    stages_last(tmp_path, 0.1)
    (tmp_path / "s3").mkdir()
    (tmp_path / "second").mkdir()
    bucket = SeaweedFS(tmp_path / "s3")
    with Postgres() as server:
        common = {
            "storage": "s3-shared",
            "database_url": server.create("live"),
            "secret_key": "the same at both",
            "transcriber": "pocketsphinx",
            "max_live_streams": 1,
            **settings(bucket.endpoint),
        }
        try:
            with cluster(tmp_path, **common) as running:
                first = running.add_web()
                port = free_port()
                own = {"port": port, "live_url": f"http://127.0.0.1:{port}", "queue_url": running.broker.url}
                running.webs.append(second := RunningServer(tmp_path / "second", **{**common, **own}))
                running.add_worker()
                for web in running.webs:
                    web.wait_until_ready()
                anna = Browser(first, requests.Session())
                anna.open()
                recording, heard = spoken_to_a_killed_process(anna, first)
                there = Browser(second, anna.http)
                there.open()
                finished = goes_on(there, recording, heard)
                leads_elsewhere(anna, f"ws://127.0.0.1:{port}/ws/transcribe")
                answer = anna.post(f"/live/{recording}/minutes", name="Two machines")
                assert answer.headers["Location"] == f"/jobs/{recording}", answer.text
                until(lambda: 'data-state="done"' in there.open(f"/jobs/{recording}"))
                transcript = f"{first.url}/jobs/{recording}/download/transcript.json"
                text = anna.http.get(transcript, timeout=30).json()
                assert text["duration_s"] == pytest.approx(finished, abs=0.1)
                anna.http.close()
        finally:
            bucket.stop()


def spoken_to_a_killed_process(anna: Browser, web: RunningServer) -> tuple[str, float]:
    """Speak a sentence; kill the process when it was heard. Return the stream's name, and up to where."""
    stream = anna.stream()
    recording = read(stream)["recording"]
    stream.send_binary(pcm(MEETING[0]) + bytes(2 * 32_000))
    final = read_to(stream, "final")[-1]
    assert word_error_rate(MEETING[0], final["text"]) < 0.5
    restart(web)
    web.wait_until_ready()
    stream.shutdown()
    return recording, final["heard"]


def goes_on(there: Browser, recording: str, heard: float) -> float:
    """Say the rest at the other machine; return how long all of it is."""
    stream = there.stream(recording=recording, **{"from": heard})
    ready = read_to(stream, "ready")[-1]
    assert ready["recording"] == recording
    stream.send_binary(pcm(MEETING[1]))
    stream.send('{"type": "end"}')
    messages = read_to(stream, "end")
    assert word_error_rate(MEETING[1], said(messages)) < 0.5
    stream.shutdown()
    shown = there.http.get(f"{there.server.url}/live/{recording}/download/transcript.json", timeout=30).json()
    whole = " ".join(segment["text"] for segment in shown["segments"])
    assert word_error_rate(" ".join(MEETING[:2]), whole) < 0.5
    return float(messages[-1]["duration_s"])


def leads_elsewhere(anna: Browser, other: str) -> None:
    """Fill the first process; who comes then is led to the other, and heard there."""
    until(lambda: led(anna) == [other])


def led(anna: Browser) -> list[Any]:
    holding, coming = anna.stream(keep=False), None
    try:
        if read(holding)["type"] != "ready":
            return []
        coming = anna.stream(keep=False)
        told = read(coming)
        if told["type"] != "error":
            time.sleep(1)
            return [told]
        assert told["code"] == "server_full"
        moved = websocket.create_connection(told["elsewhere"][0], timeout=60, suppress_origin=True)
        moved.send(json.dumps({"language": "en", "moved": True}))
        assert read(moved)["type"] == "ready"
        moved.shutdown()
        return list(told["elsewhere"])
    finally:
        holding.shutdown()
        if coming:
            coming.shutdown()
