"""Real stores on both databases, real threads, and stages that obey the test."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from app.config import Config
from app.jobs.database import connect, migrate
from app.jobs.leases import Leases
from app.jobs.service import JobService
from app.jobs.store import JobStore
from tests.data_folder import put_database
from tests.jobs.acting import Acting
from tests.postgres import BINARIES, Postgres

DATABASES = ("sqlite", "postgresql")
S = TypeVar("S", bound=JobService)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give a server with a migrated database named `migrated`, to be copied."""
    if not BINARIES:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    with Postgres() as server:
        engine = connect(server.create("migrated"))
        migrate(engine)
        engine.dispose()
        yield server


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Give the database of the test; a test runs on SQLite unless it asks for `on_both_databases`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield None
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = uuid.uuid4().hex
    yield server.create(name, template="migrated")
    server.drop(name)


@pytest.fixture
def make_config(tmp_path: Path, database_url: str | None) -> Callable[..., Config]:
    def make(**settings: object) -> Config:
        folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
        own = {"database_url": database_url, "disk_reserve_bytes": 0, **folders}
        return Config(_env_file=None, **{**own, **settings})  # type: ignore[arg-type]

    return make


@pytest.fixture
def config(make_config: Callable[..., Config]) -> Config:
    return make_config()


@pytest.fixture
def store(config: Config) -> Iterator[JobStore]:
    put_database(config)
    store = JobStore(config)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def leases(config: Config, store: JobStore) -> Leases:
    return Leases(config, store)


@pytest.fixture
def acting() -> Acting:
    return Acting()


@pytest.fixture
def make_service(make_config: Callable[..., Config], acting: Acting) -> Iterator[Callable[..., JobService]]:
    """Make services on the same data, each a process of its own as far as the database can see."""
    yield from services(JobService, make_config, acting)


def services(kind: type[S], make_config: Callable[..., Config], acting: Acting) -> Iterator[Callable[..., S]]:
    made: list[tuple[S, JobStore]] = []

    def make(**settings: object) -> S:
        config = make_config(**settings)
        put_database(config)
        store = JobStore(config)
        store.migrate()
        service = kind(config, store, acting.engines, acting.stages)
        made.append((service, store))
        return service

    yield make
    acting.go_on()
    for service, store in made:
        service.stop()
        store.close()


@pytest.fixture
def service(make_service: Callable[..., JobService]) -> JobService:
    return make_service()
