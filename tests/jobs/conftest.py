"""Real stores, real threads, and stages that obey the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.jobs.service import JobService
from app.jobs.store import JobStore
from tests.jobs.stages import NO_ENGINES, STAGES


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        _env_file=None,
        uploads_dir=tmp_path / "uploads",
        results_dir=tmp_path / "results",
        models_dir=tmp_path / "models",
        data_dir=tmp_path / "data",
        disk_reserve_bytes=0,
    )


@pytest.fixture
def store(config: Config) -> Iterator[JobStore]:
    store = JobStore(config)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def service(config: Config, store: JobStore) -> Iterator[JobService]:
    service = JobService(config, store, NO_ENGINES, STAGES)
    yield service
    service.stop()
