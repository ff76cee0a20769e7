"""Parts of the tests of the API: a bucket, tiny weights, an app that cleans and hands over."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask

from app.audio.wav import write_wav
from app.jobs.store import JobStore
from app.pipeline import STAGES
from app.web.core.context import konspekt
from tests import s3
from tests.making import syllables
from tests.receiver import Receiver
from tests.tiny_demucs import save_tiny
from tests.web.api.service import Service
from tests.wired import WiredService, put_service


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3.moto() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    (folder / "demucs").mkdir()
    save_tiny(folder / "demucs/955717e8.th", 0)
    return folder


@pytest.fixture
def make_service_app(make_app: Callable[..., Flask], endpoint: str, models: Path) -> Callable[..., Service]:
    requests.post(f"{endpoint}/moto-api/reset", timeout=60)
    s3.client(endpoint).create_bucket(Bucket=s3.BUCKET)

    def make(**settings: object) -> Service:
        app = make_app(**{"models_dir": models, **s3.settings(endpoint), **settings})
        parts = konspekt(app)
        store: JobStore = parts.jobs._store
        put_service(app, WiredService(parts.config, store, parts.engines, STAGES))
        return Service(app, app.test_client(), endpoint)

    return make


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    write_wav(tmp_path / "call.wav", syllables(3.2))
    return tmp_path / "call.wav"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver
