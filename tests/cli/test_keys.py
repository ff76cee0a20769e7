"""Keys of the API from a terminal."""

import re
from pathlib import Path

import pytest

from tests.cli.terminal import run


def test_a_key_is_shown_once_listed_and_taken_back(tmp_path: Path) -> None:
    made = run(tmp_path, "keys", "add", "the CRM", "--scope", "read", "--expires", "90d")
    assert made.exit_code == 0, made.stderr
    key = made.stdout.strip()
    assert re.fullmatch(r"konspekt_[\w-]{43}", key)
    listed = run(tmp_path, "keys", "list").stdout
    key_id = listed.split()[0]
    assert key not in listed
    assert "the CRM" in listed
    assert "never used" in listed
    assert "valid until" in listed
    assert run(tmp_path, "keys", "revoke", key_id).exit_code == 0
    assert "revoked 20" in run(tmp_path, "keys", "list").stdout


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("add", "CRM", "--expires", "soon"), 2, "12h, 90d, 52w, or a day"),
        (("add", "CRM", "--expires", "2001-01-31"), 1, "expired at once"),
        (("add", ""), 1, "Give the key a name"),
        (("revoke", "00000000"), 1, "flask keys list"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    tmp_path: Path, words: tuple[str, ...], status: int, said: str
) -> None:
    done = run(tmp_path, "keys", *words)
    assert done.exit_code == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr
