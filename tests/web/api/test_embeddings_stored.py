"""POST /encode_audio with a key of the bucket, and as a job with the real stages and a real model format."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from app.audio.wav import write_wav
from app.jobs.service import JobService
from app.pipeline import STAGES
from app.web.core.context import konspekt
from tests import s3
from tests.making import syllables
from tests.wired import WiredService, put_service

URL = "/encode_audio"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3.moto() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a tiny model of the kind of the user's own, in the real folder format."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

    torch.manual_seed(0)
    tiny = Wav2Vec2Config(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4, feat_extract_norm="layer",
        do_stable_layer_norm=True, conv_bias=True,
    )  # fmt: skip
    models = tmp_path_factory.mktemp("models")
    Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True).save_pretrained(models / "tiny")
    Wav2Vec2Model(tiny).save_pretrained(models / "tiny")
    return models


@pytest.fixture
def make_client(make_app: Callable[..., Flask], endpoint: str) -> Callable[..., FlaskClient]:
    """Make apps over an empty bucket, with real stages and engines; the test takes the worker's turns."""
    requests.post(f"{endpoint}/moto-api/reset", timeout=60)
    s3.client(endpoint).create_bucket(Bucket=s3.BUCKET)

    def make(**settings: object) -> FlaskClient:
        app = make_app(**{**s3.settings(endpoint), **settings})
        parts = konspekt(app)
        put_service(app, WiredService(parts.config, parts.jobs._store, parts.engines, STAGES))
        return app.test_client()

    return make


@pytest.fixture
def stored(endpoint: str, tmp_path: Path, make_client: object) -> str:
    """Give the key of a recording in the bucket."""
    write_wav(tmp_path / "call.wav", syllables(3.2))
    s3.client(endpoint).upload_file(str(tmp_path / "call.wav"), s3.BUCKET, "calls/разговор.wav")
    return "calls/разговор.wav"


def jobs(client: FlaskClient) -> JobService:
    return konspekt(client.application).jobs


def test_a_recording_of_the_bucket(make_client: Callable[..., FlaskClient], stored: str) -> None:
    client = make_client()
    answer = client.post(URL, json={"file_key": stored})
    assert answer.status_code == 200, answer.text
    assert np.array(answer.json["vector"]).shape == (1, 1024)
    assert answer.json["video_length_s"] == pytest.approx(3.2)
    assert answer.json["engine"] == "log-mel statistics"
    assert list((konspekt(client.application).config.incoming_dir).iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "status", "words"),
    [({}, 404, "not in the storage"), ({"s3_endpoint": "http://127.0.0.1:1"}, 503, "does not answer")],
)
def test_what_is_not_there_is_told(
    make_client: Callable[..., FlaskClient], settings: dict[str, object], status: int, words: str
) -> None:
    answer = make_client(**settings).post(URL, json={"file_key": "calls/1.wav"})
    assert answer.status_code == status
    assert words in answer.json["error"]["message"]


def test_a_job_makes_the_same_vector_by_the_real_stages_and_a_real_model(
    make_client: Callable[..., FlaskClient], stored: str, model: Path
) -> None:
    client = make_client(models_dir=model)
    at_once = client.post(URL, json={"file_key": stored}).json
    accepted = client.post(URL, json={"file_key": stored, "async": True})
    assert accepted.status_code == 202
    assert jobs(client).worker.run_once()
    later = client.get(accepted.json["url"]).json
    assert (later["status"], later["progress"], later["error"]) == ("done", 1.0, None)
    assert later["engine"] == at_once["engine"] == "wav2vec2 tiny"
    assert (later["pooling"], later["sample_rate_hz"], later["channels"]) == ("pca", 16_000, 1)
    assert later["video_length_s"] == pytest.approx(3.2)
    assert np.array(later["vector"]).shape == (1, 32)
    np.testing.assert_allclose(later["vector"], at_once["vector"], atol=1e-5)
    assert np.linalg.norm(later["vector"]) == pytest.approx(1, abs=1e-3), "a principal component"


def test_a_job_whose_recording_is_sent_goes_through_the_real_stages(
    make_client: Callable[..., FlaskClient], tmp_path: Path, model: Path
) -> None:
    write_wav(tmp_path / "a.wav", syllables(2.0))
    client = make_client(models_dir=model)
    with (tmp_path / "a.wav").open("rb") as file:
        accepted = client.post(URL, data={"file": (file, "a.wav"), "async": "true"})
    assert jobs(client).worker.run_once()
    assert np.array(client.get(accepted.json["url"]).json["vector"]).shape == (1, 32)


def test_a_job_waits_for_a_bucket_that_is_away(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client(s3_endpoint="http://127.0.0.1:1")
    accepted = client.post(URL, json={"file_key": "calls/1.wav", "async": True})
    assert jobs(client).worker.run_once()
    state = client.get(accepted.json["url"]).json
    assert state["status"] == "queued"
    assert "goes on by itself" in state["error"]


def test_a_job_whose_recording_is_not_there_fails(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client()
    accepted = client.post(URL, json={"file_key": "calls/1.wav", "async": True})
    assert jobs(client).worker.run_once()
    state = client.get(accepted.json["url"]).json
    assert (state["status"], "vector" in state) == ("failed", False)
    assert "not in the storage" in state["error"]
