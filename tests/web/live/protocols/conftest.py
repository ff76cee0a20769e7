"""One program for all adapters: they ask it for languages and models only."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app
from app.config import Config


@pytest.fixture(scope="session")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("protocols")
    folders = {f"{name}_dir": folder / name for name in ("uploads", "results", "models", "data")}
    return create_app(Config(_env_file=None, **folders))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def context(one_app: Flask) -> Iterator[None]:
    with one_app.test_request_context():
        yield
