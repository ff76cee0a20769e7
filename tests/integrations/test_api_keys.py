"""Keys of the API: made, found, taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.config import Config
from app.errors import BadInput, NotFound
from app.integrations.api_keys import ApiKeys
from app.jobs.store import JobStore
from tests.data_folder import put_database

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    config = Config(_env_file=None, data_dir=tmp_path)
    put_database(config)
    store = JobStore(config)
    yield store
    store.close()


@pytest.fixture
def keys(store: JobStore) -> ApiKeys:
    return ApiKeys(store)


def test_a_key_is_found_by_itself_and_stands_nowhere(keys: ApiKeys, store: JobStore) -> None:
    assert not keys.exist()
    made, key = keys.add("  the CRM ", "read", NOW)
    assert keys.find(key, NOW) == made
    assert (made.name, made.owner, made.scope) == ("the CRM", "key:the CRM", "read")
    assert keys.find(key[:-1], NOW) is None
    with store.begin() as session:
        row = session.execute(text("SELECT * FROM api_keys")).one()
    assert not [value for value in row if key.removeprefix("konspekt_") in str(value)]


def test_the_last_use_is_noted_once_a_minute(keys: ApiKeys) -> None:
    _, key = keys.add("CRM", "write", NOW)
    for after_s in (1, 30, 59, 61.5, 100):
        keys.find(key, NOW + timedelta(seconds=after_s))
    assert keys.all()[0].last_used_at == NOW + timedelta(seconds=61.5)


def test_a_revoked_and_an_expired_key_open_nothing_and_the_api_stays_closed(keys: ApiKeys) -> None:
    revoked, key = keys.add("one", "write", NOW)
    assert keys.revoke(revoked.id, NOW).revoked_at == NOW
    assert keys.revoke(revoked.id, NOW + timedelta(days=1)).revoked_at == NOW
    assert keys.find(key, NOW) is None
    _, key = keys.add("two", "write", NOW, NOW + timedelta(hours=1))
    assert keys.find(key, NOW) is not None
    assert keys.find(key, NOW + timedelta(hours=1)) is None
    assert keys.exist()


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb\0", "\u202e"])
def test_a_name_that_nobody_knows_again_is_refused(keys: ApiKeys, name: str) -> None:
    with pytest.raises(BadInput, match="Give the key a name"):
        keys.add(name, "read", NOW)


def test_what_cannot_be_done_is_said(keys: ApiKeys) -> None:
    with pytest.raises(BadInput, match="expired at once"):
        keys.add("CRM", "read", NOW, NOW)
    with pytest.raises(NotFound, match="flask keys list"):
        keys.revoke("00000000", NOW)
