"""A database with accounts, whose passwords cost little to hash."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.integrations.accounts.accounts import Accounts
from app.integrations.accounts.sign_ins import SignIns
from app.jobs.store import JobStore
from tests.data_folder import put_database


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    config = Config(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    put_database(config)
    store = JobStore(config)
    yield store
    store.close()


@pytest.fixture
def accounts(store: JobStore, cheap_passwords: None) -> Accounts:
    return Accounts(store)


@pytest.fixture
def sign_ins(store: JobStore) -> SignIns:
    return SignIns(store)
