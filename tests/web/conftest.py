"""The whole app in a folder of its own, with stages that obey the test, and visitors of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache

from app import create_app
from app.config import Config
from app.engines.registry import Engines, LocalEngines
from app.jobs.store import JobStore
from app.pipeline.recording import Recording
from app.progress import Progress
from app.web.core.context import konspekt
from tests.data_folder import put_database, put_translations
from tests.jobs.acting import Acting
from tests.making import PICTURE, TONE, make_media
from tests.pipeline.batch.conftest import site  # noqa: F401  a fixture
from tests.web.visitor import Visitor
from tests.wired import WiredService, put_service


@pytest.fixture
def acting() -> Acting:
    return Acting()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Give compiled templates from one app to the next: to compile them takes longer than most tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def make_app(tmp_path: Path, acting: Acting, templates: BytecodeCache) -> Iterator[Callable[..., Flask]]:
    """Make apps of given settings. No thread runs: a test calls `jobs.worker.run_once()` itself."""
    made: list[tuple[Flask, JobStore]] = []

    def make(**settings: object) -> Flask:
        folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
        own: dict[str, object] = {"disk_reserve_bytes": 0, "max_fetch_bytes": 0, **folders}
        config = Config(_env_file=None, **{**own, **settings})  # type: ignore[arg-type]
        put_database(config)
        put_translations(config)
        app = create_app(config)
        app.jinja_env.bytecode_cache = templates
        store = JobStore(config)
        store.migrate()
        put_service(app, WiredService(config, store, acting.engines, acting.stages))
        app.testing = True
        made.append((app, store))
        return app

    yield make
    acting.go_on()
    for app, store in made:
        konspekt(app).stopping.set()
        konspekt(app).jobs.stop()
        konspekt(app).engines.close()
        store.close()
        with app.app_context():
            app.config["SESSION_SQLALCHEMY"].engine.dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def list_app(make_app: Callable[..., Flask], acting: Acting) -> Iterator[Flask]:
    """Give an app that makes vectors for real, and fetches from this machine."""
    acting.engines = LocalEngines(Config(_env_file=None, max_fetch_bytes=0))
    yield make_app(allowed_networks="127.0.0.1/32", download_idle_s=20, max_list_records=5)
    acting.engines.close()


@pytest.fixture
def anna(app: Flask) -> Visitor:
    """Give a visitor who has opened the page."""
    visitor = Visitor(app.test_client())
    visitor.open()
    return visitor


@pytest.fixture
def boris(app: Flask) -> Visitor:
    """Give another visitor of the same app."""
    visitor = Visitor(app.test_client())
    visitor.open()
    return visitor


@pytest.fixture
def speech(acting: Acting) -> None:
    """Let the acting stages, which take a recording for text, hear a sentence in every real one."""
    extract = acting.stages["extract"]

    def heard(recording: Recording, engines: Engines, progress: Progress) -> Recording:
        recording.source.write_text("We meet on Monday.", encoding="utf-8")
        return extract(recording, engines, progress)

    acting.stages["extract"] = heard


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a second of sound as a WAV file."""
    path = tmp_path_factory.mktemp("tone") / "tone.wav"
    return make_media(path, "-f", "lavfi", "-i", "sine=f=440:r=8000:d=1").read_bytes()


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("video") / "video.mp4"
    return make_media(path, *PICTURE, *TONE, "-shortest").read_bytes()


@pytest.fixture(scope="session")
def silent_video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_media(tmp_path_factory.mktemp("silent") / "video.mp4", *PICTURE).read_bytes()
