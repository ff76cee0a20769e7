"""Engines that clean with a tiny network of Demucs' real class."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.engines.registry import LocalEngines
from tests.tiny_demucs import save_tiny


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    (folder / "demucs").mkdir()
    save_tiny(folder / "demucs" / "955717e8.th", 0)
    return folder


@pytest.fixture
def engines(models: Path) -> Iterator[LocalEngines]:
    engines = LocalEngines(Config(_env_file=None, models_dir=models, max_fetch_bytes=0))
    yield engines
    engines.close()
