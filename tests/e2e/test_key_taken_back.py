"""A key that is revoked in another process closes what was opened by it, in the real program."""

import json
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import websocket

from app.config import Config
from app.integrations.api_keys import ApiKeys
from app.jobs.store import JobStore
from tests.running import RunningServer
from tests.waiting import SOON_S

HELLO = {"sample_rate": 16_000, "channels": 1, "format": "s16le", "language": "en", "mode": "live"}
SILENCE = bytes(3200)  # a tenth of a second
POLICY_VIOLATION = 1008

pytestmark = pytest.mark.slow


def test_a_revoked_key_closes_its_live_socket_and_no_other(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        server.wait_until_ready()
        store = JobStore(Config(_env_file=None, data_dir=tmp_path / "data"))  # type: ignore[call-arg]
        try:
            keys, now = ApiKeys(store), datetime.now(UTC)
            (made, key), (_, other) = (keys.add(name, "write", now) for name in ("one", "other"))
            assert server.get("/api/v1/jobs").status_code == 401, "from the first key on"
            theirs, others = opened(server, key), opened(server, other)
            keys.revoke(made.id, now)
        finally:
            store.close()
        assert closed(theirs) == POLICY_VIOLATION
        others.send_binary(SILENCE)
        others.send(json.dumps({"type": "end"}))
        while json.loads(others.recv())["type"] != "end":
            pass
        others.shutdown()
        for bearer, status in ((key, 401), (other, 200)):
            asked = requests.get(f"{server.url}/api/v1/jobs", headers=bearing(bearer), timeout=60)
            assert asked.status_code == status


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def opened(server: RunningServer, key: str) -> websocket.WebSocket:
    address = server.url.replace("http://", "ws://") + "/ws/transcribe"
    socket = websocket.create_connection(address, timeout=60, suppress_origin=True, header=bearing(key))
    socket.send(json.dumps(HELLO))
    while json.loads(socket.recv())["type"] != "ready":  # it waits where the models are still loaded
        pass
    return socket


def closed(socket: websocket.WebSocket) -> int:
    """Return the code by which the server closes what goes on being spoken into."""
    ended = threading.Event()

    def speak() -> None:
        while not ended.wait(0.1):
            try:
                socket.send_binary(SILENCE)
            except (OSError, websocket.WebSocketException):
                return

    began, speaking = time.monotonic(), threading.Thread(target=speak)
    speaking.start()
    try:
        while time.monotonic() < began + 4 * SOON_S:
            kind, data = socket.recv_data()
            if kind == websocket.ABNF.OPCODE_CLOSE:
                return int.from_bytes(data[:2], "big")
        raise AssertionError("the socket stays open")
    finally:
        ended.set()
        speaking.join()
        socket.shutdown()
