"""Sixty visitors of one address send recordings over slow lines: all arrive, and others have their pages."""

import contextlib
import socket
import threading
import time
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tests.e2e.visitor import Visitor
from tests.long import LONG
from tests.making import make_media
from tests.running import RunningServer
from tests.trials.slow_clients import check, connect, watched

pytestmark = pytest.mark.slow

VISITORS, BYTES_PER_S, TICK_S = 60, 100_000, 0.1
SOUND_S = 200 if LONG else 6  # 32 KB of WAV each: with 200 it lasts a whole minute
QUIET_S = 5.0 if LONG else 0.5


def upload_of(server: RunningServer, sound: bytes) -> bytes:
    """Write what the page's script sends for a new visitor."""
    with Visitor(server) as visitor:
        visitor.log_in()
        cookie = "; ".join(f"{one.name}={one.value}" for one in visitor.browser.cookies)
        token = visitor._token
    body = (
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="slow.wav"\r\n\r\n'
        + sound
        + b"\r\n--b--\r\n"
    )
    lines = (
        "POST /jobs HTTP/1.1",
        "Host: localhost",
        "Accept: application/json",
        f"Cookie: {cookie}",
        f"X-CSRFToken: {token}",
        "Content-Type: multipart/form-data; boundary=b",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body


def send_slowly(clients: list[socket.socket], uploads: list[bytes]) -> None:
    """Send each at BYTES_PER_S, all side by side."""
    step, began = int(BYTES_PER_S * TICK_S), time.monotonic()
    for number in range(-(-max(map(len, uploads)) // step)):
        for client, upload in zip(clients, uploads, strict=True):
            client.sendall(upload[number * step : (number + 1) * step])
        time.sleep(max(0.0, began + (number + 1) * TICK_S - time.monotonic()))


def test_slow_uploads_of_one_address_all_arrive_and_hold_nobody_up(tmp_path: Path) -> None:
    silence = make_media(tmp_path / "slow.wav", "-f", "lavfi", "-i", f"anullsrc=r=16000:cl=mono:d={SOUND_S}")
    settings = {"transcriber": "pocketsphinx", "max_active_jobs": VISITORS + 4}
    with RunningServer(tmp_path, **settings) as server, contextlib.ExitStack() as open_ones:
        server.wait_until_ready()
        with Visitor(server) as first:  # what hears is loaded: this is about those who send
            first.wait_for(first.send(silence), "done", "failed")
        sound = silence.read_bytes()
        uploads = [upload_of(server, sound) for _ in range(VISITORS)]
        clients = [open_ones.enter_context(connect(server)) for _ in range(VISITORS)]
        quiet = watched(server, QUIET_S)
        logged, began = len(server.log), time.monotonic()
        sending = threading.Thread(target=send_slowly, args=(clients, uploads))
        sending.start()
        meanwhile = watched(server, len(uploads[0]) / BYTES_PER_S)
        sending.join()
        statuses = [_status(client) for client in clients]
        for_s = time.monotonic() - began
        lines = [line for line in server.log[logged:] if "path=/ " not in line]
        after = watched(server, QUIET_S)
        assert statuses == [201] * VISITORS
        check("60 uploads at 100 KB/s", quiet, meanwhile, after, len(lines), for_s)


def _status(client: socket.socket) -> int:
    client.settimeout(120)
    answer = HTTPResponse(client)
    answer.begin()
    return answer.status
