"""The stores of the jobs' tests, and services with their integrations."""

from collections.abc import Callable, Iterator

import pytest

from app.config import Config
from tests.jobs.acting import Acting
from tests.jobs.conftest import acting, config, database_url, make_config, postgres, services, store
from tests.wired import WiredService

__all__ = ["acting", "config", "database_url", "make_config", "postgres", "store"]


@pytest.fixture
def make_service(make_config: Callable[..., Config], acting: Acting) -> Iterator[Callable[..., WiredService]]:
    yield from services(WiredService, make_config, acting)


@pytest.fixture
def service(make_service: Callable[..., WiredService]) -> WiredService:
    return make_service()
