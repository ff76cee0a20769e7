"""Reading aloud by OpenAI's API, with a tiny synthesis net in the models' folder."""

import io
from pathlib import Path
from typing import Any

import pytest
import soundfile
import torch
from flask.testing import FlaskClient

from app import create_app
from app.audio import espeak
from app.config import Config
from app.jobs.store import JobStore
from app.nets import checkpoint
from app.nets.synthesis import SynthesisConfig, SynthesisNet
from app.web.core.context import konspekt

needs_espeak = pytest.mark.skipif(not espeak.available(), reason="espeak-ng is not installed")


@pytest.fixture
def client(tmp_path: Path):
    torch.manual_seed(0)
    tiny = SynthesisConfig(("", "a", "t"), ("en-slt", "ru-nsh"), ("en", "ru"), 8, 4, 8, 8)
    checkpoint.save(tmp_path / "models/synthesis", "synthesis", SynthesisNet(tiny), {})
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    config = Config.model_validate({**folders, "disk_reserve_bytes": 0})
    app = create_app(config)
    JobStore(config).migrate()
    (tmp_path / "uploads/incoming").mkdir(parents=True, exist_ok=True)
    yield app.test_client()
    konspekt(app).engines.close()
    assert list((tmp_path / "uploads/incoming").iterdir()) == []


@needs_espeak
@pytest.mark.parametrize(
    ("kind", "mime"),
    [("wav", "audio/wav"), ("flac", "audio/flac"), ("mp3", "audio/mpeg")],
)
def test_text_is_read_in_the_form_that_is_asked(client: FlaskClient, kind: str, mime: str) -> None:
    wish = {"model": "tts-1", "input": "Добрый день. Начнём!", "voice": "alloy", "response_format": kind}
    answer = client.post("/v1/audio/speech", json=wish)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == mime
    samples, rate = soundfile.read(io.BytesIO(answer.data))
    assert len(samples) / rate > 0.5


@needs_espeak
def test_raw_samples_and_aac_are_what_they_say(client: FlaskClient) -> None:
    wish = {"input": "Yes.", "response_format": "wav"}
    samples, rate = soundfile.read(io.BytesIO(client.post("/v1/audio/speech", json=wish).data))
    raw = client.post("/v1/audio/speech", json={**wish, "response_format": "pcm"})
    assert raw.content_type == "audio/pcm"
    assert len(raw.data) / 2 / 24_000 == pytest.approx(len(samples) / rate, abs=0.05)
    packed = client.post("/v1/audio/speech", json={**wish, "response_format": "aac"})
    assert packed.content_type == "audio/aac"
    assert packed.data[0] == 0xFF  # ADTS begins with twelve ones
    assert packed.data[1] & 0xF0 == 0xF0


@needs_espeak
def test_fields_of_other_servers_and_empty_ones_are_taken(client: FlaskClient) -> None:
    foreign = {"instructions": "Cheerfully.", "stream_format": "audio", "lang_code": "a", "speed": None}
    answer = client.post(
        "/v1/audio/speech", json={"input": "Hello.", "voice": "", "response_format": "wav", **foreign}
    )
    assert answer.status_code == 200, answer.text


@needs_espeak
@pytest.mark.parametrize(
    ("field", "said"), [("voice", "There are: auto, en-slt, ru-nsh"), ("model", "tts-1-hd")]
)
def test_a_voice_and_a_model_that_nobody_has_are_refused(client: FlaskClient, field: str, said: str) -> None:
    answer = client.post("/v1/audio/speech", json={"input": "Hello.", field: "Morgan"})
    assert answer.status_code == 400
    assert "called Morgan" in answer.json["error"]["message"]
    assert said in answer.json["error"]["message"]


@needs_espeak
def test_voices_are_listed_with_their_language(client: FlaskClient) -> None:
    listed = client.get("/v1/audio/voices").get_json()["data"]
    assert listed == [{"id": "en-slt", "language": "en"}, {"id": "ru-nsh", "language": "ru"}]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"input": ""},
        {"input": "a" * 5000},
        {"input": "a", "response_format": "exe"},
        {"input": "a", "speed": 9},
    ],
)
def test_a_wrong_wish_is_refused_in_openais_form(client: FlaskClient, wish: dict[str, Any]) -> None:
    answer = client.post("/v1/audio/speech", json=wish)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["type"] == "invalid_request_error"


@needs_espeak
def test_text_without_words_is_refused(client: FlaskClient) -> None:
    answer = client.post("/v1/audio/speech", json={"input": "…"})
    assert answer.status_code == 400
    assert "nothing to read" in answer.get_json()["error"]["message"]
