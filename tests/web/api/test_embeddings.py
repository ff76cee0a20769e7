"""POST /encode_audio: by address, as a file, from the bucket, at once or as a job."""

import io
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.jobs.service import JobService
from app.web.core.context import konspekt
from tests.receiver import Receiver

ALLOWED = {"allowed_networks": "127.0.0.1/32", "download_idle_s": 0.3}


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app(**ALLOWED).test_client()


reached, released = threading.Event(), threading.Event()


@pytest.fixture
def server(video: bytes) -> Iterator[str]:
    reached.clear()
    released.clear()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            inwards = self.path.startswith("/inwards")
            if self.path.startswith("/held"):
                reached.set()
                released.wait(30)
            body = b"<p>Not a video</p>" * 99 if self.path.startswith("/html") else video
            self.send_response(302 if inwards else 200)
            if inwards:
                self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.send_header("Content-Length", str(0 if inwards else len(body)))
            self.end_headers()
            if not inwards:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=site.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{site.server_address[1]}"
    released.set()
    site.shutdown()
    site.server_close()
    thread.join()


def jobs(client: FlaskClient) -> JobService:
    return konspekt(client.application).jobs


def ask(client: FlaskClient, **fields: object) -> TestResponse:
    return client.post("/encode_audio", json=fields)


def check(answer: dict[str, object]) -> None:
    assert np.array(answer["vector"]).shape == (1, 1024)
    assert answer["video_length_s"] == pytest.approx(2, abs=0.1)
    assert (answer["channels"], answer["sample_rate_hz"]) == (1, 16000)
    assert (answer["engine"], answer["pooling"]) == ("log-mel statistics", "statistics")
    assert answer["processing_time_s"] > 0  # type: ignore[operator]


def test_a_video_by_its_address(client: FlaskClient, server: str) -> None:
    answer = ask(client, video_url=f"{server}/video.mp4")
    assert answer.status_code == 200, answer.text
    check(answer.json)
    incoming = konspekt(client.application).config.incoming_dir
    assert list(incoming.iterdir()) == []


def test_a_video_as_it_is_sent(client: FlaskClient, video: bytes) -> None:
    answer = client.post("/encode_audio", data={"file": (io.BytesIO(video), "video.mp4")})
    assert answer.status_code == 200, answer.text
    check(answer.json)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({}, 400, "Name one recording"),
        ({"video_url": ""}, 400, "video_url"),
        ({"video_url": 5}, 400, "video_url"),
        ({"video_url": "https://a.example/1.mp4", "file_key": "a"}, 400, "Name one recording"),
        ({"video_url": "https://a.example/1.mp4", "async": "perhaps"}, 400, "async"),
        ({"file_key": "../../etc/passwd"}, 400, "file_key"),
        ({"file_key": "\ud800"}, 400, "file_key"),
        ({"video_url": "https://a.example/\ud800"}, 400, "video_url"),
        ({"video_url": "file:///etc/passwd"}, 422, "http://"),
        ({"video_url": "ftp://a.example/1.mp4"}, 422, "http://"),
        ({"video_url": "video.mp4"}, 422, "http://"),
        ({"video_url": "https://user:secret@a.example/1.mp4"}, 422, "password"),
        ({"file_key": "calls/1.mp3"}, 503, "bucket"),
    ],
)
def test_what_is_missing_or_bad_is_told(
    client: FlaskClient, fields: dict[str, object], status: int, words: str
) -> None:
    answer = ask(client, **fields)
    assert answer.status_code == status
    assert words in answer.json["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"'])
def test_a_body_that_is_no_object_is_told(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/encode_audio", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "JSON" in answer.json["error"]["message"]


def test_a_page_is_not_a_video(client: FlaskClient, server: str) -> None:
    answer = ask(client, video_url=f"{server}/html.mp4")
    assert answer.status_code == 422
    assert "not audio or video" in answer.json["error"]["message"]


@pytest.mark.parametrize("waits", [False, True])
def test_no_door_leads_inwards(
    make_app: Callable[..., Flask], server: str, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    client = make_app(disk_reserve_bytes=0).test_client()
    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: opened.append(address))
    for url in (server, "http://169.254.169.254/a", "http://[::ffff:127.0.0.1]/a", "http://0177.0.0.1/a"):
        answer = ask(client, video_url=url, **{"async": waits})
        if waits:
            assert jobs(client).worker.run_once()
            answer = client.get(f"/encode_audio/{answer.json['job_id']}")
            assert answer.json["status"] == "failed"
            assert "not open to downloads" in answer.json["error"]
        else:
            assert answer.status_code == 422
            assert "not open to downloads" in answer.json["error"]["message"]
    assert opened == []


def test_a_redirect_inwards_is_not_followed(client: FlaskClient, server: str) -> None:
    answer = ask(client, video_url=f"{server}/inwards")
    assert answer.status_code == 422
    assert "169.254.169.254" in answer.json["error"]["message"]


def test_a_job_is_made_of_it_and_asked_later(client: FlaskClient, server: str) -> None:
    accepted = ask(client, video_url=f"{server}/a%20video.mp4", **{"async": True})
    assert accepted.status_code == 202
    address = accepted.json["url"]
    assert client.get(address).json["status"] == "queued"
    assert "vector" not in client.get(address).json
    assert jobs(client).worker.run_once()
    answer = client.get(address).json
    assert (answer["status"], answer["error"]) == ("done", None)
    assert np.array(answer["vector"]).shape == (1, 8)  # of the acting stage
    assert jobs(client).get("service", accepted.json["job_id"]).name == "a video.mp4"
    assert client.get("/encode_audio/" + "0" * 32).status_code == 404


def test_the_end_of_a_job_is_told_to_its_callback(client: FlaskClient, server: str) -> None:
    with Receiver() as receiver:
        accepted = ask(
            client, video_url=f"{server}/a.mp4", callback_url=f" {receiver.url}/hook ", **{"async": True}
        )
        assert jobs(client).worker.run_once()
        konspekt(client.application).integrations.webhooks.run_once(datetime.now(UTC))
    (told,) = receiver.received
    assert (told.path, told.json["job_id"]) == ("/hook", accepted.json["job_id"])
    (delivery,) = client.get(accepted.json["url"]).json["deliveries"]
    assert (delivery["kind"], delivery["state"]) == ("webhook", "delivered")


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"callback_url": "https://a.example/"}, 400, "async"),
        ({"callback_url": "http://10.0.0.1/", "async": True}, 422, "not open"),
        ({"callback_url": "x" * 3000, "async": True}, 400, "callback_url"),
    ],
)
def test_a_wrong_callback_is_refused(
    client: FlaskClient, fields: dict[str, object], status: int, words: str
) -> None:
    answer = ask(client, video_url="https://a.example/1.mp4", **fields)
    assert answer.status_code == status
    assert words in answer.json["error"]["message"]


def test_calls_beyond_the_cap_are_sent_away_but_become_jobs(
    make_app: Callable[..., Flask], server: str
) -> None:
    app = make_app(**(ALLOWED | {"download_idle_s": 30}), max_sync_calls=1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, app.test_client(), video_url=f"{server}/held.mp4")
        assert reached.wait(30)
        refused = ask(app.test_client(), video_url=f"{server}/video.mp4")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        job = ask(app.test_client(), video_url=f"{server}/video.mp4", **{"async": True})
        assert job.status_code == 202, "only synchronous calls are few"
        released.set()
        assert first.result(30).status_code == 200
    assert ask(app.test_client(), video_url=f"{server}/video.mp4").status_code == 200


def test_the_key_is_asked_for(make_app: Callable[..., Flask]) -> None:
    client = make_app(api_key="the-right-key").test_client()
    assert ask(client, video_url="https://a.example/1.mp4").status_code == 401


def test_it_stands_in_the_openapi_document(client: FlaskClient) -> None:
    operation = client.get("/openapi.json").json["paths"]["/encode_audio"]["post"]
    assert set(operation["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    assert {"200", "202", "400", "422", "503"} <= set(operation["responses"])
