"""Caddy by `deploy/Caddyfile` before two servers: one for all, one that is called by its container's name."""

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest
import requests
import websocket
from flask import Flask, request
from flask_sock import Sock
from werkzeug.serving import make_server

from tests.running import TOP
from tests.s3 import free_port
from tests.waiting import SOON_S

NAMED, AWAY = "0123456789ab", "ba9876543210"  # containers
ANOTHER_PROXY = "127.0.0.9"
HOSTS = f"127.0.0.2 {NAMED}\n127.0.0.3 web\n127.0.0.4 {AWAY}\n"
IN_HOSTS = 'mount --bind "$0" /etc/hosts && exec caddy run --adapter caddyfile --config "$1"'
ALONE = ["unshare", "--map-root-user", "--mount"]  # a machine of its own as far as names go

pytestmark = pytest.mark.skipif(
    shutil.which("caddy") is None or subprocess.run([*ALONE, "true"], capture_output=True).returncode != 0,
    reason="caddy is not installed (apt-get install caddy), or a user may have no name spaces",
)


def web(name: str) -> Flask:
    """Make a web process that tells who it is, what was asked, and sends back what it is sent."""
    app, sock = Flask(name), Sock()

    @sock.route("/ws/transcribe")  # type: ignore[untyped-decorator]  # flask-sock is not typed
    def transcribe(socket: Any) -> None:
        sent_on = {key: request.headers.get(key) for key in ("Origin", "Cookie", "X-Forwarded-For")}
        socket.send(f"{name} {request.full_path} {sent_on}")
        while True:
            socket.send(socket.receive())

    @app.get("/forwarded")
    def forwarded() -> list[str | None]:
        return [request.headers.get(f"X-Forwarded-{name}") for name in ("For", "Proto", "Host")]

    sock.init_app(app)
    app.register_error_handler(404, lambda _: (f"{name} {request.path}", 404))
    return app


@contextmanager
def listening(address: str, port: int, name: str) -> Iterator[None]:
    server = make_server(address, port, web(name), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start Caddy; give its host and port."""
    folder = tmp_path_factory.mktemp("door")
    (folder / "hosts").write_text(HOSTS)
    port, behind = free_port(), free_port()
    named = {"SITE_ADDRESS": f":{port}", "WEB_PORT": str(behind), "TRUSTED_PROXIES": ANOTHER_PROXY}
    own = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    command = [*ALONE, "sh", "-c", IN_HOSTS, str(folder / "hosts"), str(TOP / "deploy/Caddyfile")]
    with listening("127.0.0.2", behind, "named"), listening("127.0.0.3", behind, "any"):
        with (folder / "log").open("wb") as log:
            caddy = subprocess.Popen(command, env=os.environ | named | own, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + SOON_S
            while not _answers(f"http://127.0.0.1:{port}/"):
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.05)
            yield f"127.0.0.1:{port}"
        finally:
            caddy.terminate()
            caddy.wait(SOON_S)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).status_code == 404
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize(("at", "name"), [(f"/at/{NAMED}", "named"), ("", "any")])
def test_a_live_stream_comes_to_the_container_that_its_address_names(door: str, at: str, name: str) -> None:
    stream = websocket.create_connection(
        f"ws://{door}{at}/ws/transcribe?language=ru",
        timeout=SOON_S,
        origin="https://meetings.example.org",
        cookie="session=anna",
    )
    told = stream.recv()
    assert told.startswith(f"{name} /ws/transcribe?language=ru "), "as if it had been asked for itself"
    for part in ("https://meetings.example.org", "session=anna", "'X-Forwarded-For': '127.0.0.1'"):
        assert part in told
    sound = bytes(range(256)) * 300
    stream.send_binary(sound)
    assert stream.recv() == sound
    stream.shutdown()


def test_pages_of_a_container_are_not_to_be_had_by_its_name(door: str) -> None:
    asked = f"/at/{NAMED}/recordings"
    assert requests.get(f"http://{door}{asked}", timeout=SOON_S).text == f"any {asked}"


@pytest.mark.parametrize("name", ["database", "queue:6379", f"{NAMED}.example.org", NAMED[:-1], "127.0.0.2"])
def test_no_other_machine_is_reached_by_such_an_address(door: str, name: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(f"ws://{door}/at/{name}/ws/transcribe", timeout=SOON_S)
    assert refused.value.resp_body == f"any /at/{name}/ws/transcribe".encode(), (
        "it is any web process's to refuse"
    )


def test_a_container_that_is_gone_is_told_at_once(door: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(f"ws://{door}/at/{AWAY}/ws/transcribe", timeout=SOON_S)
    assert refused.value.status_code == 502


@pytest.mark.parametrize(
    ("client", "told"),
    [
        ("127.0.0.1", ["127.0.0.1", "http", "localhost"]),
        (ANOTHER_PROXY, [f"198.51.100.7, {ANOTHER_PROXY}", "https", "notes.example.org"]),
    ],
    ids=["a visitor", "the proxy in front"],
)
def test_only_the_proxy_in_front_is_believed_for_whom_it_asks(
    door: str, client: str, told: list[str]
) -> None:
    host, _, port = door.partition(":")
    asked = HTTPConnection(host, int(port), timeout=SOON_S, source_address=(client, 0))
    claimed = {"For": "198.51.100.7", "Proto": "https", "Host": "notes.example.org"}
    headers = {"Host": "localhost"} | {f"X-Forwarded-{name}": value for name, value in claimed.items()}
    asked.request("GET", "/forwarded", headers=headers)
    assert json.load(asked.getresponse()) == told
    asked.close()
