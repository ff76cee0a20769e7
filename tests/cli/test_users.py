"""Accounts from a terminal."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.config import Config
from app.integrations.accounts.accounts import Accounts
from app.integrations.api_keys import ApiKeys
from app.jobs.store import JobStore
from tests.cli.terminal import run
from tests.data_folder import put_database

pytestmark = pytest.mark.usefixtures("cheap_passwords")
TYPED = b"a long sentence\na long sentence\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    config = Config(_env_file=None, data_dir=tmp_path / "data")  # type: ignore[call-arg]
    put_database(config)
    store = JobStore(config)
    yield store
    store.close()


def test_accounts_are_made_listed_changed_and_removed(tmp_path: Path) -> None:
    made = run(tmp_path, "users", "add", "Анна", stdin=TYPED)
    assert made.exit_code == 0, made.stderr
    assert "a long sentence" not in made.output
    assert "as an administrator" in made.stderr
    assert "KONSPEKT_AUTH=password" in made.stderr
    assert (
        run(tmp_path, "users", "add", "Boris", "--password-stdin", stdin=TYPED, auth="password").exit_code
        == 0
    )
    listed = run(tmp_path, "users", "list").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [["Анна", "admin"], ["Boris", "user"]]
    assert "Boris" in run(tmp_path, "users", "remove", "BORIS", "--yes").stderr
    assert run(tmp_path, "users", "remove", "Анна", stdin=b"n\n").exit_code == 1
    assert len(run(tmp_path, "users", "list").stdout.splitlines()) == 1


def test_keys_are_taken_back_with_a_password_where_that_is_asked_for(tmp_path: Path, store: JobStore) -> None:
    now, keys, accounts = datetime.now(UTC), ApiKeys(store), Accounts(store)
    anna, boris = (accounts.add(name, "a long sentence", now) for name in ("Anna", "Boris"))
    mine, other, servers = (keys.add("backup", "write", now, account=one)[1] for one in (boris, anna, None))
    assert run(tmp_path, "users", "passwd", "boris", stdin=TYPED).exit_code == 0
    assert keys.find(mine, now) is not None, "they stay valid else"
    assert run(tmp_path, "users", "passwd", "boris", "--revoke-keys", stdin=TYPED).exit_code == 0
    assert keys.find(mine, now) is None
    assert keys.find(other, now) is not None
    assert keys.find(servers, now) is not None


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("add", "Anna"), b"short\nshort\n", "10 to 200 characters"),
        (("add", ""), TYPED, "Give a name"),
        (("passwd", "Nobody"), TYPED, "flask users list"),
        (("remove", "Nobody", "--yes"), b"", "flask users list"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    tmp_path: Path, words: tuple[str, ...], stdin: bytes, said: str
) -> None:
    done = run(tmp_path, "users", *words, stdin=stdin)
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
