"""POST /v1/listen as Deepgram's SDK sends it, with a real engine."""

from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.audio.wav import write_wav
from app.web.core.context import konspekt
from tests.serving import serving
from tests.speech import english

SOUND = {"Content-Type": "application/octet-stream", "Authorization": "Token any"}
LISTEN = "/v1/listen?model=nova-3&punctuate=true"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("speech") / "said.wav"
    write_wav(path, english("We will open the new office on Monday."))
    return path.read_bytes()


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app(transcriber="pocketsphinx", allowed_networks="127.0.0.1/32").test_client()


def incoming(client: FlaskClient) -> list[Path]:
    return [*konspekt(client.application).config.incoming_dir.glob("*")]


def test_a_recording_is_the_body_and_its_words_come_back(client: FlaskClient, recording: bytes) -> None:
    asked = f"{LISTEN}&language=en&smart_format=true&utterances=true&keyterm=office&keywords=Monday:2&tag=a"
    with client.post(asked, data=recording, headers=SOUND) as answer:
        assert answer.status_code == 200, answer.text
        told = answer.json
    assert incoming(client) == []
    assert (told["metadata"]["sha256"], told["metadata"]["tags"]) == (sha256(recording).hexdigest(), ["a"])
    heard = told["results"]["channels"][0]["alternatives"][0]
    assert {"new", "office", "monday"} <= {word["word"] for word in heard["words"]}
    assert heard["paragraphs"]["paragraphs"][0]["num_words"] == len(heard["words"])
    assert told["results"]["utterances"][0]["transcript"] == heard["transcript"]


def test_a_recording_is_fetched_from_its_address(client: FlaskClient, recording: bytes) -> None:
    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(recording)))
            self.end_headers()
            self.wfile.write(recording)

    with serving(Site, None) as port:
        answer = client.post(f"{LISTEN}&language=en", json={"url": f"http://127.0.0.1:{port}/said.wav"})
    assert answer.status_code == 200, answer.text
    assert "office" in answer.json["results"]["channels"][0]["alternatives"][0]["transcript"].lower()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("redact=pci", "redact"),
        ("summarize=v2", "summarize"),
        ("multichannel=true", "multichannel"),
        ("callback=https://example.org", "callback"),
        ("encoding=linear16&sample_rate=8000", "encoding"),
        ("diarize=perhaps", "diarize"),
        ("utt_split=long", "utt_split"),
        ("language=xx", "xx"),
        ("model=whisper-huge", "whisper-huge"),
    ],
)
def test_what_is_not_done_is_refused_by_name_before_it_is_heard(
    client: FlaskClient, query: str, named: str
) -> None:
    answer = client.post(f"/v1/listen?{query}", data=b"x", headers=SOUND)
    assert answer.status_code == 400
    assert answer.json.keys() == {"err_code", "err_msg", "request_id"}
    assert answer.json["err_code"] == "Bad Request"
    assert named in answer.json["err_msg"]


def test_what_is_switched_off_is_not_asked_for(client: FlaskClient) -> None:
    answer = client.post("/v1/listen?redact=&multichannel=false&language=en", data=b"no sound", headers=SOUND)
    assert (answer.status_code, "recording" in answer.json["err_msg"]) == (400, True), answer.json
    assert incoming(client) == []


@pytest.mark.parametrize(
    "sent", [[], {}, {"url": 7}, {"url": "file:///etc/passwd"}, {"url": "http://10.0.0.1/a"}]
)
def test_an_address_that_may_not_be_fetched_is_refused(client: FlaskClient, sent: object) -> None:
    answer = client.post(LISTEN, json=sent)
    assert (answer.status_code, answer.json["err_code"]) == (400, "Bad Request")


def test_limits_keys_and_places_are_those_of_the_api(
    make_app: Callable[..., Flask], recording: bytes
) -> None:
    client = make_app(api_key="a key", max_upload_bytes=1000, rate="3/hour").test_client()
    key = {**SOUND, "Authorization": "Token a key"}

    def asked(data: object, headers: dict[str, str]) -> tuple[int, str]:
        answer = client.post(LISTEN, data=data, headers=headers)
        return answer.status_code, answer.json["err_code"]

    assert asked(recording, SOUND) == (401, "INVALID_AUTH")
    assert asked(recording, key) == (413, "Request Entity Too Large")
    unsaid = client.post(LISTEN, input_stream=BytesIO(recording), headers=key)  # its length is not told
    assert unsaid.status_code in (400, 413)
    places = konspekt(client.application).sync_slots
    while places.acquire(blocking=False):
        pass
    assert asked(b"x", key) == (429, "TOO_MANY_REQUESTS")
    assert asked(b"x", key) == (429, "TOO_MANY_REQUESTS")
