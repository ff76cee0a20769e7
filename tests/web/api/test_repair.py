"""A damaged recording is sent and comes back repaired, by the net that ships with the program."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from flask import Flask
from flask.testing import FlaskClient

from app.jobs.store import JobStore
from app.pipeline import STAGES
from app.web.core.context import konspekt
from tests.making import syllables
from tests.wired import WiredService, put_service

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    """Give an app with its real engines."""
    app = make_app(models_dir=MODELS)
    parts = konspekt(app)
    store: JobStore = parts.jobs._store
    put_service(app, WiredService(parts.config, store, parts.engines, STAGES))
    return app.test_client()


def wav(samples: np.ndarray) -> io.BytesIO:
    file = io.BytesIO()
    soundfile.write(file, samples, 16_000, format="WAV")
    file.seek(0)
    return file


def test_a_gap_comes_back_filled_and_the_rest_as_it_was(client: FlaskClient) -> None:
    whole = syllables(3.0).mono() * 0.5
    damaged = whole.copy()
    gap = slice(16_000, 16_400)
    damaged[gap] = 0
    answer = client.post("/v1/audio/repair", data={"file": (wav(damaged), "a.wav")})
    assert (answer.status_code, answer.mimetype) == (200, "audio/flac"), answer.text
    repaired, rate = soundfile.read(io.BytesIO(answer.data))
    assert (rate, len(repaired)) == (16_000, pytest.approx(len(whole), abs=16))
    assert np.sqrt(np.mean(repaired[gap] ** 2)) > 0.1 * np.sqrt(np.mean(whole[gap] ** 2))
    mp3 = {"file": (wav(damaged), "a.wav"), "response_format": "mp3"}
    assert client.post("/v1/audio/repair", data=mp3).mimetype == "audio/mpeg"


def test_what_is_no_recording_is_refused(client: FlaskClient) -> None:
    refused = client.post("/v1/audio/repair", data={"file": (io.BytesIO(b"no sound"), "a.wav")})
    assert refused.status_code == 400
    assert refused.json["error"]["message"]
    assert client.post("/v1/audio/repair", data={}).status_code == 400
