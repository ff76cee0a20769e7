"""WhisperLive's server (package whisper-live) on the same weights, and its protocol.

It may live in an environment of its own: KONSPEKT_BENCHMARK_WHISPER_LIVE names the Python that can import it.
"""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import websocket

from app.live.client import AudioSource
from benchmarks.talks import Heard, Talk

START_S, LAST_S = 60, 20  # LAST_S: for what comes after the end; it says no end itself
SERVE = """
import sys
from whisper_live.server import TranscriptionServer
TranscriptionServer().run(
    "127.0.0.1", int(sys.argv[1]), backend="faster_whisper", faster_whisper_custom_model_path=sys.argv[2],
    single_model=True, max_clients=8, raw_pcm_input=True,
)
"""


def interpreter() -> str | None:
    """Return the Python that can import it. None: there is none."""
    here = sys.executable if importlib.util.find_spec("whisper_live") else None
    return os.environ.get("KONSPEKT_BENCHMARK_WHISPER_LIVE", here)


class WhisperLive:
    """The server, as long as the context lasts."""

    def __init__(self, python: str, weights: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        command = [python, "-c", SERVE, str(self._port), str(weights)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Self:
        deadline = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return self
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError("WhisperLive did not start") from None
                time.sleep(0.2)

    def __exit__(self, *exc_info: object) -> None:
        self._process.kill()
        self._process.wait()

    def hear(self, talk: Talk, heard: Heard) -> None:
        """Send a talk as fast as it is spoken; note each segment when it is first called completed."""
        client = websocket.create_connection(f"ws://127.0.0.1:{self._port}", timeout=START_S)
        hello = {"uid": talk.path.stem, "language": "en", "task": "transcribe", "model": "base"}
        client.send(json.dumps(hello | {"use_vad": False, "send_last_n_segments": 10}))
        while json.loads(client.recv()).get("message") != "SERVER_READY":
            pass
        began, done_to = time.monotonic(), -1.0
        client.settimeout(0.01)
        packets = AudioSource(talk.path, packet_frames=1600, realtime=True).packets()
        until = None
        while until is None or time.monotonic() < until:
            packet = next(packets, None)
            if packet is not None:
                client.send_binary(packet)
            elif until is None:
                until = time.monotonic() + LAST_S
            try:
                message = json.loads(client.recv())
            except websocket.WebSocketTimeoutException:
                continue
            for segment in message.get("segments", ()):
                end = float(segment["end"])
                if segment.get("completed") and end > done_to:
                    done_to = end
                    heard.finals.append((time.monotonic() - began, end))
                    heard.text.append(segment["text"])
        client.close()
